import { isDeepStrictEqual } from 'node:util'
import type { AnyLab, Lab } from '../../../backend/lab.js'
import type { LabName } from '../../../backend/lab-name.js'
import { readRecord } from '../../../backend/record.js'
import type { Context } from '../../context.js'
import type { Engine } from '../../engine/resolve.js'
import { LabError } from '../../errors.js'
import { explain } from '../../explain.js'
import { keepReserve } from '../../reserve.js'
import { engineFor } from '../../lab/engine-for.js'
import { decideUp, type UpDecision } from '../../lab/decide-up.js'
import { endAbandonedUse, throughGate, type Session } from '../../lab/gate.js'
import { removedOnFailure } from './on-failure.js'
import type { LabPlan } from '../../lab/plan-lab.js'
import { reconnect } from '../../lab/reconnect.js'
import { assertSameLab } from '../../lab/same-lab.js'
import { assertHere } from '../../lab/here.js'
import { labNameOf, livingOf } from '../../lab/target.js'
import { upRequest } from '../../lab/up-request.js'
import { checkDraft } from './checks.js'
import { armedView, type LabView } from '../../lab/view.js'

export type UpResult = LabView & { readonly reused: boolean }

/** Creates a lab or reconnects to it, and waits until it can be used. */
export async function up(context: Context, positional: string | undefined): Promise<UpResult> {
  const lab = labNameOf(context, positional)
  const known = (await readRecord(await context.store(), lab))?.lab
  if (known !== undefined && known.state !== 'destroyed') await assertSameLab(context, known)
  // Find out everything that can fail before anything is recorded or waited for.
  const before = livingOf(known)
  const checked = known?.state === 'ready' ? undefined : await checkUp(context, lab, before)
  return throughGate(context, lab, 'up', async (session) => {
    await keepReserve(context)
    const found = livingOf(session.writer.lab)
    // The command that we waited for may have made it elsewhere.
    if (found !== undefined) assertHere(context, found)
    const current = await endAbandonedUse(session)
    const living = livingOf(current)
    const decision = await decideNow(session, current)
    if (decision.kind === 'refuse') throw new LabError(decision.fault)
    if (decision.kind === 'reconnect') {
      if (await reconnect(session, decision.lab)) {
        return { ...(await armedView(session, session.writer.lab ?? decision.lab, [])), reused: true }
      }
      context.progress.say(`${lab} does not answer: bringing it back`)
    }
    const make = decision.kind === 'make' ? decision : decision.otherwise
    if (make.isOpened) context.progress.say(`SSH of ${lab} is now open to ${make.allowFrom?.join(', ')} only`)
    const stands = checked !== undefined && isDeepStrictEqual(living, before)
    const engine = stands ? checked : await checkUp(context, lab, living)
    // Under the lease, as it is now: a `down` that was waited for took the key of before with it.
    const { planLab } = await import('../../lab/plan-lab.js')
    const plan = await planLab(context, lab, living)
    if (decision.kind === 'reset') {
      const finished = await finishReset(session, plan, decision.lab)
      if (finished !== undefined) return finished
    }
    const { bringUp } = await import('../../lab/bring-up.js')
    const { lab: ready, timings } = await removedOnFailure(session, current, () =>
      bringUp(session, plan, engine, make),
    )
    return { ...(await armedView(session, ready, timings)), reused: false }
  })
}

/** By the record as it is under the lease. */
const decideNow = async (session: Session, current: AnyLab | undefined): Promise<UpDecision> => {
  const { context, lease } = session
  const isLent = lease.lentBy !== undefined
  const request = await upRequest(context, livingOf(current), { now: lease.storeTime(), isLent })
  return decideUp(current, request)
}

/** Undefined when there is no baseline to go back to any more: then a start is all that can be done. */
async function finishReset(
  session: Session,
  plan: LabPlan,
  current: Lab<'resetting' | 'reset-failed'>,
): Promise<UpResult | undefined> {
  const { context, lab: name } = session
  const { resetLab } = await import('../reset.js')
  context.progress.say(`A reset of ${name} did not finish: continuing it`)
  try {
    const { lab, timings } = await resetLab(session, plan, current)
    return { ...(await armedView(session, lab, timings)), reused: false }
  } catch (error) {
    const { baseline } = plan.hooks
    if (baseline?.kind !== 'snapshot' || !baseline.isLost(error)) throw error
    context.progress.say(
      `${explain(error).message}\nStarting ${name} without the reset: it is not at its baseline.`,
    )
    return undefined
  }
}

/** Throws what speaks against it on this computer; changes nothing. */
async function checkUp(context: Context, lab: LabName, living: AnyLab | undefined): Promise<Engine> {
  const { hooks } = await checkDraft(context, lab, living)
  await hooks.checkPrerequisites?.(context)
  return engineFor(context)
}
