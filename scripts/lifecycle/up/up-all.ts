import { availableParallelism } from 'node:os'
import { inParallel } from '../../../backend/in-parallel.js'
import type { Context } from '../../context.js'
import { explain } from '../../explain.js'
import { assertNoneNamed, contextOf, declaredLabs, type Declared } from '../../lab/declared.js'
import { progressOf } from '../../report/progress-of.js'
import { up, type UpResult } from './up.js'

export type UpOutcome =
  | { readonly lab: string; readonly outcome: 'up'; readonly result: UpResult }
  | {
      readonly lab: string
      readonly outcome: 'failed'
      readonly code: string
      readonly reason: string
      readonly exitCode: number
    }

/** Brings every declared lab up, each through the gate; one that fails stops no other. */
export async function upAll(context: Context, positional: string | undefined): Promise<readonly UpOutcome[]> {
  assertNoneNamed(context, 'up', positional)
  const declared = declaredLabs(context, 'up')
  context.progress.beginStep('up', 1, 1)
  const outcomes = await inParallel(declared, availableParallelism(), (one) => upOne(context, one))
  if (outcomes.some(({ outcome }) => outcome === 'failed')) context.progress.failStep()
  else context.progress.endStep()
  return outcomes
}

async function upOne(context: Context, declared: Declared): Promise<UpOutcome> {
  const lab = declared.name
  const own = { ...contextOf(context, declared), progress: progressOf(context.progress, lab) }
  try {
    const result = await up(own, lab)
    context.progress.say(`${lab}: ${result.reused ? 'reconnected' : 'up'}`)
    return { lab, outcome: 'up', result }
  } catch (error) {
    const { code, message, exitCode } = explain(error)
    const reason = context.redact(message)
    context.progress.say(`${lab}: failed: ${reason}`)
    return { lab, outcome: 'failed', code, reason, exitCode }
  }
}

/** An interrupt counts most, then the first failure. */
export function exitCodeOfUps({ interrupt }: Context, outcomes: readonly UpOutcome[]): number {
  if (interrupt.signal.aborted) return explain(interrupt.signal.reason).exitCode
  return outcomes.find((each) => each.outcome === 'failed')?.exitCode ?? 0
}
