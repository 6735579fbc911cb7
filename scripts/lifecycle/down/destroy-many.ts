import type { AnyLab } from '../../../backend/lab.js'
import type { Lease } from '../../../backend/lease.js'
import { listLiving, type RecordList } from '../../../backend/record.js'
import type { Context } from '../../context.js'
import { explain } from '../../explain.js'
import { EXIT } from '../../explain/explanation.js'
import { progressOf } from '../../report/progress-of.js'
import { withReserve } from '../../reserve.js'
import { destroyLab } from './down.js'
import { throughGate, type Session } from '../../lab/gate.js'
import { hasEngineProvider } from '../../lab/provider-cache.js'
import { inParallel } from '../../../backend/in-parallel.js'
import { assertRemovable } from '../../lab/in-reach.js'
import { isLabName } from '../../../backend/lab-name.js'
import { LabError } from '../../errors.js'

/**
 * The result for one of many labs. `skipped`: rightly left alone. `inconclusive`: left alone, because the
 * right decision is unknown. `left`: should be gone, but still exists.
 */
export interface Fate {
  readonly lab: string
  readonly outcome: 'destroyed' | 'skipped' | 'inconclusive' | 'left'
  /** A fault's code, or a one-word reason why it was left alone; null if it was destroyed. */
  readonly code: string | null
  readonly reason: string
  readonly ms: number
}

export type Verdict = Pick<Fate, 'outcome' | 'code' | 'reason'>

/** How a command judges the labs that it did not destroy. */
export interface Judge {
  /** Asked under the lease, about the lab at that moment. Undefined: destroy it. */
  spare(lab: AnyLab, lease: Lease): Verdict | undefined
  /** The result of a lab whose destruction failed with this code. */
  outcomeOf(code: string): Exclude<Fate['outcome'], 'destroyed'>
}

/**
 * More than there are processors, because most of a destruction is waiting. Memory is the limit: an engine
 * takes 60 MB, and 800 MB with a cloud's provider (measured with AWS's 5.100).
 */
const AT_ONCE = { local: 20, inCloud: 6 }
const isInCloud = ({ provider }: AnyLab): boolean => hasEngineProvider(provider)
const isLocal = (lab: AnyLab): boolean => !isInCloud(lab)

/** Destroys labs in parallel, each through the gate under the command's name; a failure stops no other. */
export async function destroyMany(
  context: Context,
  command: string,
  labs: readonly AnyLab[],
  judge: Judge,
): Promise<Fate[]> {
  if (labs.length === 0) return []
  const { progress } = context
  let done = 0
  progress.beginStep('destroy', 1, 1)
  const destroyAndTell = async (lab: AnyLab): Promise<Fate> => {
    const fate = await destroyOne(context, command, lab, judge)
    progress.say(`${fate.lab}: ${fate.outcome}${fate.reason === '' ? '' : `: ${fate.reason}`}`)
    progress.detail(`${++done} of ${labs.length}`)
    return fate
  }
  const groups = await withReserve(context, () =>
    Promise.all([
      inParallel(labs.filter(isLocal), AT_ONCE.local, destroyAndTell),
      inParallel(labs.filter(isInCloud), AT_ONCE.inCloud, destroyAndTell),
    ]),
  )
  const fates = groups.flat().sort((a, b) => (a.lab < b.lab ? -1 : 1))
  if (fates.some(({ outcome }) => outcome === 'left')) progress.failStep()
  else progress.endStep()
  return fates
}

async function destroyOne(context: Context, command: string, lab: AnyLab, judge: Judge): Promise<Fate> {
  const began = performance.now()
  const verdict = await tryDestroy(context, command, lab, judge).catch((error: unknown) => {
    const { code, message } = explain(error)
    return { outcome: judge.outcomeOf(code), code, reason: context.redact(message) }
  })
  return { lab: lab.lab, ...verdict, ms: Math.round(performance.now() - began) }
}

async function tryDestroy(context: Context, command: string, lab: AnyLab, judge: Judge): Promise<Verdict> {
  const name = lab.lab
  if (!isLabName(name)) throw new LabError({ code: 'lab-name-invalid', given: name })
  await assertRemovable(context, lab)
  const quiet = { ...context, progress: progressOf(context.progress, name) }
  return throughGate(quiet, name, command, async (session) => {
    const current = session.writer.lab ?? lab
    const spared = spareOf(session, current, judge)
    if (spared === undefined) await destroyLab(session, current)
    else await session.writer.finish()
    return spared ?? { outcome: 'destroyed', code: null, reason: '' }
  })
}

function spareOf({ lease }: Session, lab: AnyLab, judge: Judge): Verdict | undefined {
  if (lab.state !== 'destroyed') return judge.spare(lab, lease)
  return { outcome: 'skipped', code: 'gone', reason: 'someone else destroyed it in the meantime' }
}

/**
 * Every living lab of the backend. Throws LabError listing-failed: a command that cannot see must not
 * destroy.
 */
export async function listForDestruction(context: Context): Promise<RecordList> {
  try {
    return await listLiving(await context.store())
  } catch (error) {
    context.interrupt.signal.throwIfAborted()
    const reason = explain(error).message
    throw new LabError({ code: 'listing-failed', reason }, { cause: error })
  }
}

/** Labs with an unreadable record, as results: it is unknown whether they may go, or what they were. */
export const unreadableFates = ({ unreadable }: RecordList): readonly Fate[] =>
  unreadable.map((error) => {
    const { code, message } = explain(error)
    const lab = 'lab' in error.fault ? error.fault.lab : '?'
    return { lab, outcome: 'inconclusive', code, reason: message, ms: 0 }
  })

/** An interrupt counts most, then leftovers, then inconclusive labs. */
export function exitCodeOf({ interrupt }: Context, fates: readonly Fate[]): number {
  if (interrupt.signal.aborted) return explain(interrupt.signal.reason).exitCode
  const has = (outcome: Fate['outcome']): boolean => fates.some((fate) => fate.outcome === outcome)
  return has('left') ? EXIT.leftovers : has('inconclusive') ? EXIT.failed : 0
}
