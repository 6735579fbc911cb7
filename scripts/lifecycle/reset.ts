import type { AnyLab, Lab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { Extras } from '../../backend/lab-writer.js'
import type { Decided } from '../../backend/record-schema.js'
import {
  eachMachine,
  setMachineClock,
  waitForConfiguration,
  withMachines,
} from '../lab/configure-machines.js'
import { settleEngine } from '../lab/engine-session.js'
import { engineFor } from '../lab/engine-for.js'
import { assertNotExpired } from '../lab/expiry.js'
import { endAbandonedUse, throughGate, type Session } from '../lab/gate.js'
import { exchangeMarker, hasMarker } from '../lab/marker.js'
import { planLab, type LabPlan } from '../lab/plan-lab.js'
import { resetSteps } from '../lab/step-lists.js'
import { Steps, type Timing } from '../lab/steps.js'
import { assertInReach } from '../lab/in-reach.js'
import { labNameOf, requireLab } from '../lab/target.js'
import { armedView, type LabView } from '../lab/view.js'
import { stepControl, type Work } from '../lab/work.js'

export interface MachineReset {
  readonly name: string
  /** `unverified`: it had no marker that could be gone. */
  readonly verified: 'marker-gone' | 'unverified'
  /** How wrong its clock can be at most, in milliseconds; null if the machine did not stand still. */
  readonly clockWithinMs: number | null
}

export type ResetResult = LabView & { readonly reset: readonly MachineReset[] }

/** Goes back to the baseline and nowhere else; nothing here makes, names or moves one. */
export async function reset(context: Context, positional: string | undefined): Promise<ResetResult> {
  const name = labNameOf(context, positional)
  const known = await requireLab(context, name)
  if (!isResettable(known) && known.state !== 'in-use') throw notReady(known)
  await assertInReach(context, known)
  return throughGate(context, name, 'reset', async (session) => {
    const current = (await endAbandonedUse(session)) ?? known
    if (!isResettable(current)) throw notReady(current)
    assertNotExpired(current, session.lease.storeTime())
    const plan = await planLab(context, name, current)
    const { lab, timings, machines } = await resetLab(session, plan, current)
    return { ...(await armedView(session, lab, timings)), reset: machines }
  })
}

/** A reset that did not finish may be repeated. */
export type Resettable = Lab<'ready' | 'resetting' | 'reset-failed'>

export const isResettable = (lab: AnyLab): lab is Resettable =>
  lab.state === 'ready' || lab.state === 'resetting' || lab.state === 'reset-failed'

const notReady = ({ lab, state }: AnyLab): LabError => new LabError({ code: 'lab-not-ready', lab, state })

/** Resets every machine of the lab, proves it, and sets their clocks. */
export async function resetLab(
  session: Session,
  plan: LabPlan,
  current: Resettable,
): Promise<{
  readonly lab: Lab<'ready'>
  readonly timings: readonly Timing[]
  readonly machines: readonly MachineReset[]
}> {
  const { writer } = session
  const { baseline } = plan.hooks
  const work: Work = { session, plan, steps: new Steps(session, resetSteps(baseline.kind)) }
  await settleEngine(session, 'wait')
  let resetting: Lab<'resetting'> | undefined
  await goBack(work, current, async (patch, extras) => {
    resetting = await writer.transition(current, 'resetting', { ...extras, patch })
  })
  if (resetting === undefined) throw new TypeError('the step was recorded')
  const machines: MachineReset[] = []
  await withMachines(work, writer.lab ?? resetting, async (connections) => {
    if (baseline.kind === 'image') await waitForConfiguration(work, connections)
    await work.steps.run('verify', () =>
      eachMachine(session, connections, async (machine, connection, index) => {
        const [marker, clockWithinMs] = await Promise.all([
          exchangeMarker(session, machine, connection),
          baseline.kind === 'image' ? null : setMachineClock(session, machine, connection),
        ])
        const verified = hasMarker(machine) ? 'marker-gone' : 'unverified'
        machines[index] = { name: machine.name, verified, clockWithinMs }
        return { ...machine, marker }
      }),
    )
  })
  const lab = await writer.transition(resetting, 'ready', { step: null, finish: true })
  return { lab, timings: work.steps.timings, machines }
}

/** Uses the provider's one mechanism; `begin` records that it begins. */
async function goBack(
  work: Work,
  lab: Resettable,
  begin: (patch: Partial<Decided>, extras: Extras) => Promise<void>,
): Promise<void> {
  const { session, plan, steps } = work
  const { hooks, profile } = plan
  const { baseline } = hooks
  if (baseline.kind === 'snapshot') {
    const spec = hooks.buildSpec(session.context, lab, profile, [])
    const restore = async (detail: (text: string) => void): Promise<void> => {
      for (const { name } of lab.machines) await baseline.restore(spec, name, stepControl(work, detail))
    }
    await steps.run('restore', restore, (_writer, extras) => begin({}, extras))
    return
  }
  // With it comes CDKTF, which a snapshot needs nothing of.
  const { makeMachines } = await import('../lab/make-machines.js')
  const engine = await engineFor(session.context)
  const presences = lab.machines.map(({ name }) => [name, 'absent'] as const)
  // They are made from their image, so they show new host keys.
  const machines = lab.machines.map((machine) => ({ ...machine, hostKey: null }))
  const anew = lab.machines.map(({ name }) => name)
  await makeMachines({ ...work, engine }, lab, presences, {
    anew,
    record: (_writer, extras) => begin({ machines }, extras),
  })
}
