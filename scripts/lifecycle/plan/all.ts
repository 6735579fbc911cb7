import { availableParallelism } from 'node:os'
import { BackendError } from '../../../backend/errors.js'
import { inParallel } from '../../../backend/in-parallel.js'
import type { AnyLab } from '../../../backend/lab.js'
import { listLiving } from '../../../backend/record.js'
import type { Context } from '../../context.js'
import { explain } from '../../explain.js'
import {
  assertNoneNamed,
  contextOf,
  declaredLabs,
  recordedOtherwise,
  type Declared,
} from '../../lab/declared.js'
import { planOrForetell } from './blind.js'
import type { LabChanges } from './plan.js'

/** One lab of a plan for reviewers. */
export type PlanEntry =
  | {
      readonly lab: string
      readonly kind: 'planned'
      readonly plan: LabChanges
      /** What the record says otherwise than the declaration, and `up` does not change. */
      readonly differences: readonly string[]
    }
  /** `up` would refuse it. */
  | { readonly lab: string; readonly kind: 'refused'; readonly code: string; readonly reason: string }
  /** It lives in the backend, and the configuration does not declare it. */
  | { readonly lab: string; readonly kind: 'undeclared'; readonly state: string }

/** Every declared lab, then the others of the backend; each in alphabetical order. One that is refused stops no other. */
export async function planAll(context: Context, positional: string | undefined): Promise<PlanEntry[]> {
  assertNoneNamed(context, 'plan', positional)
  const declared = declaredLabs(context, 'plan')
  const living = await livingLabs(context)
  context.progress.beginStep('plan', 1, 1)
  const planned = await inParallel(declared, availableParallelism(), (one) =>
    planOne(
      context,
      one,
      living.find(({ lab }) => lab === one.name),
    ),
  )
  context.progress.endStep()
  const names = new Set<string>(declared.map(({ name }) => name))
  const others = living.filter(({ lab }) => !names.has(lab)).sort((a, b) => (a.lab < b.lab ? -1 : 1))
  return [...planned, ...others.map(({ lab, state }): PlanEntry => ({ lab, kind: 'undeclared', state }))]
}

async function planOne(context: Context, declared: Declared, known: AnyLab | undefined): Promise<PlanEntry> {
  const lab = declared.name
  try {
    const plan = await planOrForetell(contextOf(context, declared), lab)
    const differences = known === undefined ? [] : recordedOtherwise(declared, known)
    return { lab, kind: 'planned', plan, differences }
  } catch (error) {
    context.interrupt.signal.throwIfAborted()
    const { code, message } = explain(error)
    return { lab, kind: 'refused', code, reason: context.redact(message) }
  }
}

/** Unreadable records are refused by their own plans; a backend that cannot be read makes every plan a guess. */
async function livingLabs(context: Context): Promise<readonly AnyLab[]> {
  try {
    return (await listLiving(await context.store())).labs
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    context.progress.say(explain(error).message)
    return []
  }
}
