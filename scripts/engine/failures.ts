import { cloudOfResource } from '../providers/clouds.js'
import { findRefusalAmong } from '../providers/refusals.js'
import type { CloudName } from '../../distro-catalog/provider-names.js'
import type { LabFault } from '../errors.js'
import type { Diagnostic } from './stream.js'
import { explainStateFailure, isAboutState } from './state-failures.js'

export type Operation = 'init' | 'plan' | 'show' | 'apply' | 'destroy' | 'state-push' | 'state-pull'

/** Which run of which engine failed. */
export interface FailedRun {
  readonly operation: Operation
  readonly engine: string
  readonly folder: string
  /** Only its existence counts here. */
  readonly encryption?: string | undefined
}

interface KnownFailure {
  readonly pattern: RegExp
  fault(match: RegExpMatchArray, run: FailedRun): LabFault
}

/**
 * OpenTofu failures that we can explain; the first match wins. "Error acquiring the state lock" is the title
 * of several different failures: only the `Lock Info:` block means that someone holds the lock. In a bucket
 * that block is missing if the holder released its lock between our attempt and the look at the holder. A
 * state that is encrypted, or should be, fails under the same title.
 */
const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    pattern: /Lock Info:\s+ID:\s+(?<id>\S+)[^]*?Who:\s+(?<who>\S+)[^]*?Created:\s+(?<created>[^\n]+)/,
    fault: ({ groups = {}, input = '' }, { engine, folder, encryption }) => ({
      code: 'engine-locked',
      lockId: groups['id'] ?? '',
      who: groups['who'] ?? '',
      created: (groups['created'] ?? '').trim(),
      // The system's message about a lock on a file; such a lock ends with its process.
      holder: input.includes('resource temporarily unavailable') ? 'running' : 'unknown',
      engine,
      folder,
      isEncrypted: encryption !== undefined,
    }),
  },
  {
    pattern:
      /writing\s+"gs:[^"]+\.tflock"\s+failed:[^]*?Error\s+412|acquiring the state lock[^]*?S3:\s+PutObject[^]*?StatusCode:\s+412/,
    fault: (_match, { operation }) => ({ code: 'engine-lock-raced', operation }),
  },
  {
    // Only the import of a machine requires this (OpenTofu's
    // internal/tofu/node_resource_abstract_instance.go).
    pattern: /Resource\s+(?:instance\s+)?(?<address>\S+)\s+has\s+(?:lifecycle\.)?prevent_destroy\s+set/,
    fault: ({ groups = {} }) => ({ code: 'machine-not-importable', address: groups['address'] ?? '' }),
  },
  {
    // It may leave a truncated state behind.
    pattern: /no space left on device|disk quota exceeded/i,
    fault: (_match, { operation }) => ({ code: 'engine-disk-full', operation }),
  },
  {
    pattern: /decryption\s+failed\s+for\s+all\s+provided\s+methods/,
    fault: (_match, { operation }) => ({ code: 'state-undecryptable', operation }),
  },
  {
    pattern: /state\s+file\s+is\s+encrypted/,
    fault: (_match, { operation }) => ({ code: 'state-encrypted', operation }),
  },
  {
    // The message about an encrypted state of an engine before 1.7, which does not know encryption.
    pattern: /state\s+file\s+does\s+not\s+have\s+a\s+"version"\s+attribute/,
    fault: (_match, { operation }) => ({ code: 'state-unreadable', operation }),
  },
  {
    pattern: /encountered\s+unencrypted\s+payload/,
    fault: (_match, { operation }) => ({ code: 'state-unencrypted', operation }),
  },
]

/** The fault behind a failed engine run. `text` is its output outside the JSON stream. */
export function explainEngineFailure(
  run: FailedRun,
  diagnostics: readonly Diagnostic[],
  text: string,
): LabFault {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error')
  const messages = errors.map((error) => [error.summary, error.detail].filter(Boolean).join(': '))
  const problems = messages.length > 0 ? messages : [text.trim()]
  const everything = [...errors.map((error) => `${error.summary}\n${error.detail}`), text].join('\n')
  for (const known of KNOWN_FAILURES) {
    const match = everything.match(known.pattern)
    if (match) return known.fault(match, run)
  }
  const { operation } = run
  return (
    explainStateFailure(operation, problems) ??
    findRefusalAmong(toldByClouds(errors, text)) ?? { code: 'engine-failed', operation, problems }
  )
}

/** The problems that may be a cloud's, each with its cloud if its address says so. */
function toldByClouds(
  errors: readonly Diagnostic[],
  text: string,
): readonly { readonly text: string; readonly provider?: CloudName }[] {
  if (errors.length === 0) return isAboutState(text) ? [] : [{ text }]
  return errors.flatMap(({ summary, detail, address }) => {
    const told = [summary, detail].filter(Boolean).join(': ')
    if (isAboutState(told)) return []
    if (address === undefined) return [{ text: told }]
    const provider = providerOf(address)
    return provider === undefined ? [] : [{ text: told, provider }]
  })
}

/** `data.aws_ami.image` → aws; undefined for things outside clouds. */
const providerOf = (address: string): CloudName | undefined => cloudOfResource(address.replace(/^data\./, ''))
