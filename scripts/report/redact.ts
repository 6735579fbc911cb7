const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g
const HIDDEN = '[redacted]'

/**
 * Takes secrets out of a text: private key blocks, and the values that the environment calls secret, as they
 * are and as a JSON string has them (credentials are often JSON themselves).
 */
export type Redact = (text: string) => string

export function redactor(secrets: readonly string[]): Redact {
  const written = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
  const longestFirst = [...new Set(written)].sort((a, b) => b.length - a.length)
  return (text) =>
    longestFirst.reduce((result, secret) => result.replaceAll(secret, HIDDEN), text.replace(PEM, HIDDEN))
}
