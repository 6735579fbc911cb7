import type { StateFault } from './faults.js'

/** OpenTofu's words for its work on a state in a backend; a provider's failures never contain them. */
const ABOUT_STATE =
  /(acquiring|releasing) the state lock|(loading|refreshing|save|persist|upload) (the )?state|get existing workspaces/i

/** Whether a problem of a run is about the state in its backend. */
export const isAboutState = (problem: string): boolean => ABOUT_STATE.test(problem.replaceAll(/\s+/g, ' '))

/**
 * Why the state cannot be reached; the first match wins. OpenTofu 1.12's own words, Go's, and the providers'
 * codes.
 */
const CAUSES: readonly (readonly [StateFault['code'], RegExp])[] = [
  ['state-bucket-missing', /bucket (does not|doesn't) exist|NoSuchBucket/],
  [
    'state-unreachable',
    /StatusCode: 0\b|dial (tcp|udp)|no such host|i\/o timeout|connection re(set|fused)|network is unreachable|TLS handshake|x509:|unexpected EOF/,
  ],
  [
    'state-credentials',
    /ExpiredToken|RequestExpired|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|No valid credential sources|could not find default credentials|invalid_grant|invalid_rapt|(Error|response code) 401/,
  ],
  ['state-forbidden', /StatusCode: 403|(Error|response code) 403/],
]

/**
 * The fault if all problems of a failed run are about the state in its backend and one known cause is named.
 * Otherwise undefined: a machine that could not be made is the more important failure.
 */
export function explainStateFailure(operation: string, problems: readonly string[]): StateFault | undefined {
  // OpenTofu breaks lines anywhere.
  const lines = problems.map((problem) => problem.replaceAll(/\s+/g, ' ').trim())
  if (lines.length === 0 || !lines.every((line) => ABOUT_STATE.test(line))) return undefined
  for (const line of lines) {
    const cause = CAUSES.find(([, pattern]) => pattern.test(line))
    if (cause !== undefined) return { code: cause[0], operation, reason: essence(line) }
  }
  return undefined
}

/** Without request ids, which do not help people, and OpenTofu's advice not to lock. */
const essence = (line: string): string =>
  line
    .replace(/ OpenTofu acquires a state lock to protect the state.*$/, '')
    .replaceAll(/ ?(RequestID|HostID): [^ ]*,/g, '')
    .replaceAll(/^(Error: )+/g, '')
