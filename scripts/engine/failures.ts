import type { LabFault } from '../errors.js'
import type { Diagnostic } from './stream.js'

export type Operation = 'init' | 'apply' | 'destroy' | 'state-push'

interface KnownFailure {
  readonly pattern: RegExp
  fault(match: RegExpMatchArray, operation: Operation): LabFault
}

/**
 * OpenTofu's failures that we can say more about, first match wins. "Error acquiring the state lock" is the
 * title of several different failures; only the `Lock Info:` block means that somebody holds the lock. In a
 * bucket that block is missing when the holder gave its lock back between our try and the look at who it is.
 */
const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    pattern: /Lock Info:\s+ID:\s+(?<id>\S+)[^]*?Who:\s+(?<who>\S+)[^]*?Created:\s+(?<created>[^\n]+)/,
    fault: (match) => ({
      code: 'engine-locked',
      lockId: match.groups?.['id'] ?? '',
      who: match.groups?.['who'] ?? '',
      created: (match.groups?.['created'] ?? '').trim(),
    }),
  },
  {
    pattern:
      /writing\s+"gs:[^"]+\.tflock"\s+failed:[^]*?Error\s+412|acquiring the state lock[^]*?S3:\s+PutObject[^]*?StatusCode:\s+412/,
    fault: (_match, operation) => ({ code: 'engine-lock-raced', operation }),
  },
  {
    pattern: /no space left on device|disk quota exceeded/i,
    fault: (_match, operation) => ({ code: 'engine-disk-full', operation }),
  },
]

/** The fault behind a failed engine run. `text` is what it printed outside the JSON stream. */
export function explainEngineFailure(
  operation: Operation,
  diagnostics: readonly Diagnostic[],
  text: string,
): LabFault {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error')
  const everything = [...errors.map((error) => `${error.summary}\n${error.detail}`), text].join('\n')
  for (const known of KNOWN_FAILURES) {
    const match = everything.match(known.pattern)
    if (match) return known.fault(match, operation)
  }
  const summaries = errors.map((error) => [error.summary, error.detail].filter(Boolean).join(': '))
  return { code: 'engine-failed', operation, problems: summaries.length > 0 ? summaries : [text.trim()] }
}
