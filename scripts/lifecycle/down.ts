import type { AnyLab, Lab } from '../../backend/lab.js'
import { spaceOf, type Context } from '../context.js'
import { destroy } from '../engine/tofu.js'
import { LabError } from '../errors.js'
import { withReserve } from '../reserve.js'
import { forgetLab } from '../workspace.js'
import { engineFor } from './engine-for.js'
import { writeConfiguration } from './configuration.js'
import { initialiseEngine, runOperation, settleEngine } from './engine-session.js'
import { throughGate, type Session } from './gate.js'
import { assertOwnFacts } from './own-facts.js'
import { assertOwnObjects } from './own-objects.js'
import { hooksOf } from './provider-hooks.js'
import { downSteps, verifySteps } from './step-lists.js'
import { Steps, type Timing } from './steps.js'
import { assertInReach } from './in-reach.js'
import { labNameOf, requireLab } from './target.js'
import { profileOf } from './plan-lab.js'

export interface DownResult {
  readonly lab: string
  readonly state: 'destroyed'
  /** False: it was destroyed already. */
  readonly changed: boolean
  /** Always true: `leftovers` or `not-ours` is thrown otherwise. */
  readonly verified: true
  readonly timings: readonly Timing[]
}

/** Destroys a lab and verifies with the provider, not with the engine, that nothing of it is left. */
export async function down(context: Context, positional: string | undefined): Promise<DownResult> {
  const name = labNameOf(context, positional)
  const known = await requireLab(context, name)
  await assertInReach(context, known)
  return withReserve(context, async () => {
    // What speaks against it on this computer is found out before anything is recorded.
    if (known.state !== 'destroyed') await engineFor(context)
    return throughGate(context, name, 'down', (session) => destroyLab(session, session.writer.lab ?? known))
  })
}

/** Destroys the lab of a session, from whatever state it is in. Throws LabError leftovers or not-ours. */
export async function destroyLab(session: Session, current: AnyLab): Promise<DownResult> {
  const { context, lab, writer } = session
  assertOwnFacts(context, current)
  const changed = current.state !== 'destroyed'
  const steps = new Steps(session, changed ? downSteps : verifySteps)
  const result = {
    ...({ lab, state: 'destroyed', changed, verified: true } as const),
    timings: steps.timings,
  }
  if (current.state === 'destroyed') {
    const foreign = await verify(session, steps, current)
    await writer.finish()
    // An `up` that was cut short at its very beginning has left a key.
    await forgetLab(spaceOf(context, current), lab)
    assertNoneForeign(lab, foreign)
    return result
  }
  const destroying = await destroyResources(session, steps, current)
  const foreign = await verify(session, steps, destroying)
  await writer.transition(destroying, 'destroyed', { step: null, finish: true, patch: { engine: null } })
  await forgetLab(spaceOf(context, current), lab)
  assertNoneForeign(lab, foreign)
  return result
}

async function destroyResources(
  session: Session,
  steps: Steps,
  current: Exclude<AnyLab, Lab<'destroyed'>>,
): Promise<Lab<'destroying'>> {
  const { context, writer } = session
  const engine = await engineFor(context)
  const hooks = await hooksOf(current.provider)
  let destroying: Lab<'destroying'> | undefined
  const { folder, state } = await steps.run(
    'synth',
    async () => {
      await settleEngine(session, 'interrupt')
      // A resource that is in the state alone has no provisioner: the engine only forgets it.
      const lab = hooks.removeMachine === undefined ? current : { ...current, machines: [] }
      const spec = hooks.buildSpec(context, lab, await profileOf(context, current), [])
      return { folder: await writeConfiguration(session, spec), state: spec.state }
    },
    async (_writer, extras) => {
      destroying = await writer.transition(current, 'destroying', extras)
    },
  )
  if (destroying === undefined) throw new TypeError('the step was recorded')
  const { machines } = destroying
  await steps.run('init', async (detail) => {
    await initialiseEngine(session, engine, folder, state, detail)
    await assertOwnObjects(session, current)
  })
  await steps.run('destroy', async (detail) => {
    // What the engine can't do leaves the machines as they are.
    await runOperation(session, engine, folder, detail, destroy)
    for (const machine of machines) await hooks.removeMachine?.(machine, { signal: session.signal, detail })
  })
  return destroying
}

/**
 * The engine says what it did; this asks what is there. Returns what only has names of the lab's. Throws LabError
 * leftovers.
 */
async function verify(session: Session, steps: Steps, lab: AnyLab): Promise<readonly string[]> {
  const hooks = await hooksOf(lab.provider)
  return steps.run('verify', async (detail) => {
    const { left, foreign } = await hooks.removeLeftovers(session.context, lab, {
      ...{ signal: session.signal, detail },
    })
    if (left.length > 0) throw new LabError({ code: 'leftovers', lab: lab.lab, left })
    return foreign
  })
}

/** All of the lab is gone; what others call by its names is not ours to remove, and is never passed over in silence. */
function assertNoneForeign(lab: string, foreign: readonly string[]): void {
  if (foreign.length > 0) throw new LabError({ code: 'not-ours', lab, foreign })
}
