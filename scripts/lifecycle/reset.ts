import type { AnyLab, Lab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { Connection } from '../machine/connect.js'
import { setMachineClock, waitForConfiguration, withMachines } from './configure-machines.js'
import { settleEngine } from './engine-session.js'
import { engineFor } from './engine-for.js'
import { assertNotExpired } from './expiry.js'
import { endAbandonedUse, throughGate, type Session } from './gate.js'
import { makeMachines, stepControl, type Work } from './make-machines.js'
import { plantMarker, verifyMarkerGone, type Marker } from './marker.js'
import { planLab, type LabPlan } from './plan-lab.js'
import { resetSteps } from './step-lists.js'
import { Steps, type Timing } from './steps.js'
import { assertHere, labNameOf, requireLab } from './target.js'
import { armedView, type LabView } from './view.js'

export interface MachineReset {
  readonly name: string
  /** `unverified`: it could not be reached before, so it had no marker that could be gone. */
  readonly verified: 'marker-gone' | 'unverified'
  /** The most by which its clock can be wrong, in milliseconds; null where nothing had stood still. */
  readonly clockWithinMs: number | null
}

export type ResetResult = LabView & { readonly reset: readonly MachineReset[] }

/** Back to the baseline, and nowhere else; nothing here makes, names or moves one. */
export async function reset(context: Context, positional: string | undefined): Promise<ResetResult> {
  const name = labNameOf(context, positional)
  const known = await requireLab(context, name)
  if (!isResettable(known) && known.state !== 'in-use') throw notReady(known)
  assertHere(known)
  return throughGate(context, name, 'reset', async (session) => {
    const current = (await endAbandonedUse(session)) ?? known
    if (!isResettable(current)) throw notReady(current)
    assertNotExpired(current, session.lease.storeTime())
    const plan = await planLab(context, name, current)
    const { lab, timings, machines } = await resetLab(session, plan, current)
    return { ...(await armedView(session, lab, timings)), reset: machines }
  })
}

/** A reset that did not end may be begun again. */
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
  const marker = await work.steps.run(
    'mark',
    () => plantMarker(work, current),
    async (_writer, extras) => {
      resetting = await writer.transition(current, 'resetting', extras)
    },
  )
  if (resetting === undefined) throw new TypeError('the step was recorded')
  await goBack(work, resetting)
  let machines: readonly MachineReset[] = []
  await withMachines(work, writer.lab ?? resetting, async (connections) => {
    machines = await proveReset(work, marker, connections)
  })
  const lab = await writer.transition(resetting, 'ready', { step: null, finish: true })
  return { lab, timings: work.steps.timings, machines }
}

/** By the provider's one mechanism. */
async function goBack(work: Work, lab: Lab<'resetting'>): Promise<void> {
  const { session, plan, steps } = work
  const { hooks, profile } = plan
  const { baseline } = hooks
  if (baseline.kind === 'snapshot') {
    const spec = hooks.buildSpec(session.context, lab, profile, [])
    await steps.run('restore', async (detail) => {
      for (const { name } of lab.machines) await baseline.restore(spec, name, stepControl(work, detail))
    })
    return
  }
  const engine = await engineFor(session.context)
  const presences = lab.machines.map(({ name }) => [name, 'absent'] as const)
  // They are made from their image, so they show new host keys.
  const machines = lab.machines.map((machine) => ({ ...machine, hostKey: null }))
  const anew = lab.machines.map(({ name }) => name)
  await makeMachines({ ...work, engine }, lab, presences, anew, (writer, { step }) =>
    writer.beginStep(step ?? '', { machines }),
  )
}

async function proveReset(
  work: Work,
  marker: Marker,
  connections: readonly Connection[],
): Promise<MachineReset[]> {
  const { session, plan, steps } = work
  const lab = session.writer.lab
  const names = lab?.machines.map(({ name }) => name) ?? []
  const isSnapshot = plan.hooks.baseline.kind === 'snapshot'
  if (!isSnapshot) await waitForConfiguration(work, connections)
  await steps.run('verify', () => verifyMarkerGone(work, marker, names, connections))
  const clocks: (number | null)[] = names.map(() => null)
  if (isSnapshot) {
    await steps.run('clock', async () => {
      for (const [index, connection] of connections.entries())
        clocks[index] = await setMachineClock(session, names[index] ?? '', connection)
    })
  }
  return names.map((name, index) => ({
    name,
    verified: marker.machines.has(name) ? 'marker-gone' : 'unverified',
    clockWithinMs: clocks[index] ?? null,
  }))
}
