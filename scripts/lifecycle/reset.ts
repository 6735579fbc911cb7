import type { AnyLab, Lab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { Decided } from '../../backend/record-schema.js'
import { changeMachines, furnishMachines, setMachineClock, withMachines } from '../lab/configure-machines.js'
import { makingAll } from '../lab/decide-up.js'
import { settleEngine } from '../lab/engine-session.js'
import { requireMaker } from '../providers/maker.js'
import type { MakerProvider } from '../providers/provider.js'
import { providerOf } from '../providers/registry.js'
import { engineFor } from '../lab/engine-for.js'
import { assertNotExpired } from '../lab/expiry.js'
import { endAbandonedUse, throughGate, type Session } from '../lab/gate.js'
import { introduceMachines } from '../lab/mesh.js'
import { exchangeMarker, hasMarker } from '../lab/marker.js'
import { assertSetupOfLab } from '../lab/planned-setup.js'
import { planLab, type LabPlan } from '../lab/plan-lab.js'
import { healNetwork } from './net/net-heal.js'
import { furnishing } from '../lab/furnishing.js'
import { resetSteps } from '../lab/step-lists.js'
import { Steps, type RecordStep, type Timing } from '../lab/steps.js'
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
  requireMaker(await providerOf(known.provider), known, 'reset')
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
  const hooks = requireMaker(plan.hooks, current, 'reset')
  const { baseline } = hooks
  const work: Work = {
    session,
    plan,
    steps: new Steps(session, resetSteps(baseline.kind, furnishing(plan))),
  }
  if (baseline.kind === 'image') assertSetupOfLab(current, plan.setup)
  await settleEngine(session, 'wait')
  const resetting = await goBack(work, hooks, current)
  await healNetwork(session, writer.lab ?? resetting)
  const machines = await withMachines(work, writer.lab ?? resetting, async (connections) => {
    if (baseline.kind === 'image') await furnishMachines(work, connections)
    // The baseline of one machine may be older than a swap of another.
    else await introduceMachines(work, connections)
    return work.steps.run('verify', (detail) =>
      changeMachines(session, connections, stepControl(work, detail), async (machine, connection) => {
        const [marker, clockWithinMs] = await Promise.all([
          exchangeMarker(session, machine, connection),
          baseline.kind === 'image' ? null : setMachineClock(session, machine, connection),
        ])
        const verified: MachineReset['verified'] = hasMarker(machine) ? 'marker-gone' : 'unverified'
        return [
          { ...machine, marker },
          { name: machine.name, verified, clockWithinMs },
        ]
      }),
    )
  })
  const lab = await writer.transition(resetting, 'ready', { step: null, finish: true })
  return { lab, timings: work.steps.timings, machines }
}

/** By the provider's one mechanism. Returns the lab as it is on record once that has begun. */
async function goBack(work: Work, hooks: MakerProvider, lab: Resettable): Promise<Lab<'resetting'>> {
  const { session, steps } = work
  const { baseline } = hooks
  const begin =
    (patch: Partial<Decided>): RecordStep<Lab<'resetting'>> =>
    (writer, begun) =>
      writer.transition(lab, 'resetting', { ...begun, patch })
  if (baseline.kind === 'snapshot') {
    const spec = hooks.buildSpec(session.context, lab, await session.context.catalog(), [])
    const names = lab.machines.map(({ name }) => name)
    const restore = (detail: (text: string) => void): Promise<void> =>
      baseline.restore(spec, names, stepControl(work, detail))
    const [resetting] = await steps.runRecorded('restore', restore, begin({}))
    return resetting
  }
  // With it comes CDKTF, which a snapshot needs nothing of.
  const { makeMachines } = await import('../lab/make-machines.js')
  const engine = await engineFor(session.context)
  // They are made from their image, so they show new host keys.
  const machines = lab.machines.map((machine) => ({ ...machine, hostKey: null }))
  const making = makingAll(lab.machines.map(({ name }) => name))
  return makeMachines({ ...work, engine }, lab, making, begin({ machines }))
}
