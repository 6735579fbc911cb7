import { cleanLine } from './clean-text.js'

const HIDDEN = '[redacted]'
/** AWS keys, and values that follow a name such as `password=`. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, HIDDEN],
  // How JSON.parse quotes its input.
  [/, "[^]*"(\.\.\.)? is not valid JSON/g, ': not valid JSON'],
  [
    /((?:secret|token|password|passphrase|key|credential)(?!\w*(?:exception|error))\w*["']?\s*[:=]\s*["']?)[^\s"',}]+/gi,
    `$1${HIDDEN}`,
  ],
]
/** Text as long as a key or a token. */
const LONG = /[A-Za-z0-9+/_=.-]{32,}/g
/** A program that should have printed credentials, with its arguments, followed by its stderr. */
const FAILED_PROGRAM = /^Command failed: (\S+)[^\n]*\n?([^]*)$/

/**
 * A library's message about unusable credentials, on one line and without secrets. A credential program may
 * have a secret in its arguments, or print half of one before it fails.
 */
export function credentialWords(said: string): string {
  const [, program, stderr] = FAILED_PROGRAM.exec(said) ?? []
  if (program === undefined || stderr === undefined) return withoutSecrets(cleanLine(said))
  const told = withoutSecrets(cleanLine(stderr)).replaceAll(LONG, HIDDEN)
  return `credential_process failed: ${withoutSecrets(program)}${told === '' ? '' : `: ${told}`}`
}

const withoutSecrets = (text: string): string =>
  SECRETS.reduce((rest, [secret, instead]) => rest.replaceAll(secret, instead), text)
