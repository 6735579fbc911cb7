import { typed } from '../report/typed.js'

/** The text about a fault: what happened, what to type next, and how the command exits. */
export interface Explanation {
  readonly message: string
  /** The exact next command, or what to change; empty if the message is enough. */
  readonly hint: string
  readonly exitCode: number
}

/** One entry for each code of a union of faults; a code without an entry does not compile. */
export type Explanations<F extends { readonly code: string }> = {
  readonly [C in F['code']]: (fault: Extract<F, { readonly code: C }>) => Explanation
}

/**
 * Finds the entry of a fault by its code. That the entry accepts exactly this fault is the only cast of the
 * tables.
 */
export function explainBy<F extends { readonly code: string }>(
  table: Explanations<F>,
  fault: F,
): Explanation {
  const entry = table[fault.code as F['code']] as (fault: F) => Explanation
  return entry(fault)
}

export const EXIT = {
  failed: 1,
  usage: 2,
  notFound: 3,
  locked: 4,
  capacity: 5,
  leftovers: 6,
  credentials: 7,
  timeout: 124,
  interrupted: 130,
  terminated: 143,
} as const

/** ` Did you mean a, b or c?`, or nothing. */
export function didYouMean(near: readonly string[]): string {
  if (near.length === 0) return ''
  const last = near.at(-1) ?? ''
  return near.length === 1
    ? ` Did you mean ${last}?`
    : ` Did you mean ${near.slice(0, -1).join(', ')} or ${last}?`
}

export const indented = (lines: readonly string[]): string => lines.map((line) => `\n  ${line}`).join('')

/** The pages of docs/runbooks/, as `distrolab docs` names them. */
export type Runbook =
  | 'corrupted-record'
  | 'destroy-by-hand'
  | 'dropped-network'
  | 'engine-lock'
  | 'exhausted-quota'
  | 'expired-credentials'
  | 'lost-work-folder'
  | 'not-ours'
  | 'refused-state'
  | 'stale-lease'
  | 'stuck-state'

/** The command that prints a runbook, which also works without a clone of the repository. */
export const runbookCommand = (name: Runbook): string => `distrolab docs ${name}`

/** A hint that ends with the command for the page that says more. */
export const withRunbook = (hint: string, name: Runbook): string => `${hint}\n  More: ${runbookCommand(name)}`

/** Where everything that was said can be read; empty if that is not known. */
export const logNote = (log: string | undefined): string => (log === undefined ? '' : typed` The log: ${log}`)
