import type { AnyLab, Lab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { destroy } from '../engine/tofu.js'
import { LabError } from '../errors.js'
import { forgetLab } from '../workspace.js'
import { engineFor } from './engine-for.js'
import { initialiseEngine, runOperation, settleEngine, writeConfiguration } from './engine-session.js'
import { throughGate, type Session } from './gate.js'
import { hooksOf } from './provider-hooks.js'
import { Steps, type Timing } from './steps.js'
import { assertHere, labNameOf, requireLab } from './target.js'
import { profileOf } from './plan-lab.js'

export interface DownResult {
  readonly lab: string
  readonly state: 'destroyed'
  /** False: it was destroyed already. */
  readonly changed: boolean
  /** Always true: `leftovers` is thrown otherwise. */
  readonly verified: true
  readonly timings: readonly Timing[]
}

/** Destroys a lab and verifies with the provider, not with the engine, that nothing of it is left. */
export async function down(context: Context, positional: string | undefined): Promise<DownResult> {
  const name = labNameOf(context, positional)
  const known = await requireLab(context, name)
  assertHere(known)
  return throughGate(context, name, 'down', async (session) => {
    const current = session.writer.lab ?? known
    const steps = new Steps(
      session,
      current.state === 'destroyed' ? ['verify'] : ['synth', 'init', 'destroy', 'verify'],
    )
    if (current.state === 'destroyed') {
      await verify(session, steps, current)
      await session.writer.finish()
      return { lab: name, state: 'destroyed', changed: false, verified: true, timings: steps.timings }
    }
    const destroying = await session.writer.transition(current, 'destroying')
    await settleEngine(session, 'interrupt')
    await destroyResources(session, steps, destroying)
    await verify(session, steps, destroying)
    await session.writer.transition(destroying, 'destroyed', {
      step: null,
      finish: true,
      patch: { engine: null },
    })
    await forgetLab(context.space, name)
    return { lab: name, state: 'destroyed', changed: true, verified: true, timings: steps.timings }
  })
}

async function destroyResources(session: Session, steps: Steps, lab: Lab<'destroying'>): Promise<void> {
  const { context } = session
  const engine = await engineFor(context)
  const hooks = await hooksOf(lab.provider)
  const profile = await profileOf(context, lab)
  const spec = hooks.buildSpec(context, lab, profile)
  const folder = await steps.run('synth', () => writeConfiguration(session, spec))
  await steps.run('init', (detail) => initialiseEngine(session, engine, folder, spec.state, detail))
  await steps.run('destroy', (detail) => runOperation(session, engine, folder, detail, destroy))
}

/** The engine says what it did; this asks what is there. Throws LabError leftovers. */
async function verify(session: Session, steps: Steps, lab: AnyLab): Promise<void> {
  const hooks = await hooksOf(lab.provider)
  await steps.run('verify', async (detail) => {
    const left = await hooks.removeLeftovers(lab, { signal: session.signal, detail })
    if (left.length > 0) throw new LabError({ code: 'leftovers', lab: lab.lab, left })
  })
}
