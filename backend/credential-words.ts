import { cleanLine } from './clean-text.js'

const HIDDEN = '[redacted]'
/** Keys of AWS, and what stands behind a name that says what it is. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, HIDDEN],
  // How JSON.parse quotes what it was given.
  [/, "[^]*"(\.\.\.)? is not valid JSON/g, ': not valid JSON'],
  [
    /((?:secret|token|password|passphrase|key|credential)(?!\w*(?:exception|error))\w*["']?\s*[:=]\s*["']?)[^\s"',}]+/gi,
    `$1${HIDDEN}`,
  ],
]
/** What has the length of a key or a token. */
const LONG = /[A-Za-z0-9+/_=.-]{32,}/g
/** A program that should have printed credentials, with its arguments and then what it wrote to stderr. */
const FAILED_PROGRAM = /^Command failed: (\S+)[^\n]*\n?([^]*)$/

/**
 * What a library says of credentials that can't be had, on one line and without secrets: a program that gives them out may
 * have one among its arguments, and print half of them before it fails.
 */
export function credentialWords(said: string): string {
  const [, program, stderr] = FAILED_PROGRAM.exec(said) ?? []
  if (program === undefined || stderr === undefined) return withoutSecrets(cleanLine(said))
  const told = withoutSecrets(cleanLine(stderr)).replaceAll(LONG, HIDDEN)
  return `credential_process failed: ${withoutSecrets(program)}${told === '' ? '' : `: ${told}`}`
}

const withoutSecrets = (text: string): string =>
  SECRETS.reduce((rest, [secret, instead]) => rest.replaceAll(secret, instead), text)
