import { isDeepStrictEqual } from 'node:util'
import type { AnyLab } from '../../backend/lab.js'
import type { MachineOutput } from '../../stacks/outputs.js'
import type { Engine } from '../engine/resolve.js'
import type { Context } from '../context.js'
import type { Outputs } from '../engine/stream.js'
import type { EngineLimits } from '../engine/watch.js'
import { apply } from '../engine/tofu.js'
import { writeConfiguration } from './configuration.js'
import { initialiseEngine, runOperation } from './engine-session.js'
import type { Session } from './gate.js'
import { assertOwnObjects } from './own-objects.js'
import { absentIn, type Presences } from './presences.js'
import type { ProviderHooks } from './provider-hooks.js'
import type { Steps } from './steps.js'
import { stepControl, type Work } from './work.js'

export interface EngineWork extends Work {
  readonly engine: Engine
}

/**
 * The steps `synth`, `init` and `apply`: afterwards every machine runs, made from what the record says now. One that
 * was made from something else is replaced, one that is off is started. Their addresses are on record then. `anew`:
 * which are made whether or not they are there. `record` writes the beginning of `synth`.
 */
export async function makeMachines(
  work: EngineWork,
  lab: AnyLab,
  presences: Presences,
  anew: readonly string[] = absentIn(presences),
  record?: Parameters<Steps['run']>[2],
): Promise<void> {
  const { session, plan, engine, steps } = work
  const spec = plan.hooks.buildSpec(session.context, lab, plan.profile, anew)
  const folder = await steps.run('synth', () => writeConfiguration(session, spec), record)
  await steps.run('init', async (detail) => {
    await initialiseEngine(session, engine, folder, spec.state, detail)
    await assertOwnObjects(session, lab)
  })
  await steps.run('apply', async (detail) => {
    // What was never made is just made: OpenTofu takes no offence.
    const replace = absentIn(presences).map((name) => plan.hooks.replaceAddress(name))
    const limits = limitsOf(session.context, plan.hooks)
    const outputs = await runOperation(session, engine, folder, detail, (run) =>
      apply({ ...run, limits }, replace),
    )
    await recordAddresses(session, outputs)
    for (const [name, presence] of presences) {
      if (presence !== 'stopped' && presence !== 'partial') continue
      const address = await plan.hooks.start(spec, name, stepControl(work, detail))
      if (address !== undefined) await recordAddress(session, name, { address })
    }
  })
}

/** The engine is given as long as the provider needs at the most, or as the user says. */
function limitsOf({ settings }: Context, { patience }: ProviderHooks): EngineLimits {
  const { applyTimeout: totalMs = patience.totalMs } = settings
  return { totalMs, quietMs: Math.min(patience.quietMs, totalMs), graceMs: GRACE_MS }
}

/** After an interrupt OpenTofu waits for what it has begun, and writes its state. */
const GRACE_MS = 2 * 60_000

/** Only the provider knows where a machine is that it has just made. */
async function recordAddresses(session: Session, { machines }: Outputs): Promise<void> {
  // As every stack declares it.
  for (const [name, made] of Object.entries((machines ?? {}) as Record<string, MachineOutput>))
    await recordAddress(session, name, { address: made.address, port: made.port })
}

async function recordAddress(
  { writer }: Session,
  name: string,
  found: Pick<MachineOutput, 'address'> & Partial<MachineOutput>,
): Promise<void> {
  const machines = writer.lab?.machines.map((each) => (each.name === name ? { ...each, ...found } : each))
  if (machines !== undefined && !isDeepStrictEqual(machines, writer.lab?.machines))
    await writer.update({ machines })
}
