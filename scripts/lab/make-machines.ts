import { isDeepStrictEqual } from 'node:util'
import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import type { MachineOutput } from '../../stacks/outputs.js'
import { onEachMachine } from '../each-machine.js'
import type { Engine } from '../engine/resolve.js'
import type { Outputs } from '../engine/stream.js'
import { apply } from '../engine/tofu.js'
import { makesMachines } from '../providers/maker.js'
import { writeConfiguration } from './configuration.js'
import { makingAll, type Making } from './decide-up.js'
import { limitsOf } from './engine-limits.js'
import { initialiseEngine, runOperation } from './engine-session.js'
import type { Session } from './gate.js'
import { assertOwnObjects } from './own-objects.js'
import { recordHostKeys } from './record-host-keys.js'
import type { RecordStep } from './steps.js'
import { clearWay, settleStrays } from './strays.js'
import { stepControl, type Work } from './work.js'

export interface EngineWork extends Work {
  readonly engine: Engine
}

/**
 * The steps `synth`, `init` and `apply`: afterwards every machine runs, made from what the record says now. One that
 * was made from something else is replaced, one that is off is started. Their addresses are on record then. `record` writes the
 * beginning of `synth`; what it wrote is returned.
 */
export async function makeMachines<R>(
  work: EngineWork,
  lab: AnyLab,
  making: Making,
  record: RecordStep<R>,
): Promise<R> {
  const { anew, isNew } = making
  const { session, plan, engine, steps } = work
  const { hooks } = plan
  const maker = makesMachines(hooks) ? hooks : undefined
  const spec = hooks.buildSpec(session.context, lab, await session.context.catalog(), anew)
  const [recorded, folder] = await steps.runRecorded('synth', () => writeConfiguration(session, spec), record)
  const settled = await steps.run('init', async (detail) => {
    await initialiseEngine(session, engine, folder, spec.state, detail)
    const stored = await assertOwnObjects(session, lab)
    // Nothing can carry a lab's incarnation before the incarnation is chosen.
    if (isNew) return 'none'
    const settling = { session, hooks, engine, folder, stored, anew }
    const found = await settleStrays(settling, lab, stepControl(work, detail))
    if (found.kind === 'import') await writeConfiguration(session, spec, found.strays)
    return found.kind
  })
  const { replace, remake, start } =
    settled === 'removed' ? makingAll(lab.machines.map(({ name }) => name)) : making
  await steps.run('apply', async (detail) => {
    // What was never made is just made: OpenTofu takes no offence.
    const addresses = [
      ...replace.flatMap((name) => maker?.replaceAddress(name) ?? []),
      ...remake.flatMap((name) => maker?.remakeAddress(name) ?? []),
    ]
    const limits = limitsOf(session.context, hooks)
    const applied = (): Promise<Outputs> =>
      runOperation(session, engine, folder, detail, (run) => apply({ ...run, limits }, addresses))
    const outputs = await applied().catch(async (error: unknown) => {
      if (await clearWay(error, { session, hooks, anew }, lab, stepControl(work, detail))) return applied()
      throw error
    })
    await recordAddresses(session, outputs)
    const machines = start.map((name) => ({ name }))
    await onEachMachine(machines, stepControl(work, detail), async ({ name }, step) => {
      const address = await maker?.start(spec, name, step)
      if (address !== undefined) await recordAddress(session, name, { address })
    })
    if (maker !== undefined) await recordHostKeys(session, maker)
  })
  return recorded
}

/** Only the provider knows where a machine is that it has just made. */
async function recordAddresses(session: Session, { machines }: Outputs): Promise<void> {
  // As every stack declares it.
  for (const [name, made] of Object.entries((machines ?? {}) as Record<string, MachineOutput>))
    // A machine that is off has no address; some providers return an empty one.
    await recordAddress(session, name, {
      address: made.address || null,
      port: made.port,
      ...(made.privateAddress === undefined ? {} : { privateAddress: made.privateAddress || null }),
    })
}

async function recordAddress(
  { writer }: Session,
  name: string,
  found: Pick<Machine, 'address'> & Partial<Pick<Machine, 'port' | 'privateAddress'>>,
): Promise<void> {
  const known = writer.lab?.machines.find((machine) => machine.name === name)
  if (known !== undefined && !isDeepStrictEqual({ ...known, ...found }, known))
    await writer.updateMachine(name, found)
}
