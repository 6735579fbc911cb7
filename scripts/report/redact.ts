const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g
/**
 * The credentials in a URL, with a password or, for the web, a token alone; the last pattern is for a URL
 * within another URL.
 */
const URL_USERS = [
  /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"']*:[^\s/?#"']*@/gi,
  /\b(https?:\/\/)[^\s/?#"']+@/gi,
  /\b(https?%3A%2F%2F)(?:(?!%2F|[\s&#"']).)+?%40/gi,
]
const HIDDEN = '[redacted]'
/** Shorter ones would remove ordinary words. */
const SHORTEST_SECRET = 6

/**
 * Removes secrets from a text: private key blocks, users and passwords of URLs, and the values that the
 * environment calls secret, both unchanged and as in a JSON string (credentials are often JSON themselves).
 */
export type Redact = (text: string) => string

export function redactor(secrets: readonly string[]): Redact {
  const written = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
  const longestFirst = [...new Set(written)]
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
  return (text) => {
    const withoutKeys = text.replace(PEM, HIDDEN)
    const withoutUsers = URL_USERS.reduce((result, user) => result.replace(user, `$1${HIDDEN}@`), withoutKeys)
    return longestFirst.reduce((result, secret) => result.replaceAll(secret, HIDDEN), withoutUsers)
  }
}

/** The passwords of the URLs in a text, both encoded and decoded. */
export function urlPasswords(text: string): string[] {
  return [...text.matchAll(/:\/\/[^\s/?#:]*:([^\s/?#]+)@/g)].flatMap(([, password = '']) => {
    try {
      return [password, decodeURIComponent(password)]
    } catch {
      // A single % is not an encoding: then the text is used unchanged.
      return [password]
    }
  })
}
