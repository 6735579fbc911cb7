const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g
const HIDDEN = '[redacted]'

/** Takes secrets out of a text: private key blocks, and the values that the environment calls secret. */
export type Redact = (text: string) => string

export function redactor(secrets: readonly string[]): Redact {
  const longestFirst = [...new Set(secrets)].sort((a, b) => b.length - a.length)
  return (text) =>
    longestFirst.reduce((result, secret) => result.replaceAll(secret, HIDDEN), text.replace(PEM, HIDDEN))
}
