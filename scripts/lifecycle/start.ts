import type { Machine } from '../../backend/record-schema.js'
import type { Context } from '../context.js'
import { onEachMachine } from '../each-machine.js'
import { assertNotExpired } from '../lab/expiry.js'
import { endAbandonedUse, throughGate, type Session } from '../lab/gate.js'
import { assertInReach } from '../lab/in-reach.js'
import { acceptingOwn } from '../lab/own-machine.js'
import { presenceOf } from '../lab/presences.js'
import { requireIdentity, targetOf, writeLabSshConfig } from '../lab/reach.js'
import { startSteps } from '../lab/step-lists.js'
import { Steps } from '../lab/steps.js'
import { labNameOf, machinesOf, requireLab } from '../lab/target.js'
import { armedView, type LabView } from '../lab/view.js'
import { wakeMachines } from '../lab/wake-machines.js'
import type { Identity } from '../machine/key.js'
import { waitForSsh } from '../machine/wait-ssh.js'
import { requireStopping, type StoppingProvider } from '../providers/maker.js'
import { providerOf } from '../providers/registry.js'
import type { StepControl } from '../providers/provider.js'
import { LabError } from '../errors.js'
import { assertUsable } from '../lab/use-lab.js'

export interface StartResult extends LabView {
  /** Those that were off. */
  readonly started: readonly string[]
}

/** Starts machines that are off, and waits until SSH works on each that was meant. */
export async function startLab(
  context: Context,
  positional: string | undefined,
  named: string | undefined,
): Promise<StartResult> {
  const name = labNameOf(context, positional)
  const known = await requireLab(context, name)
  const hooks = requireStopping(await providerOf(known.provider), known, 'start')
  assertUsable(known)
  await assertInReach(context, known)
  return throughGate(context, name, 'start', async (session) => {
    const lab = (await endAbandonedUse(session)) ?? known
    assertUsable(lab)
    assertNotExpired(lab, session.lease.storeTime())
    const identity = await requireIdentity(context, lab)
    const wanted = machinesOf(lab, named)
    const steps = new Steps(session, startSteps)
    const { signal, writer } = session
    const started = await steps.run('start', (detail) =>
      startStopped(session, hooks, wanted, { signal, detail }),
    )
    await steps.run('wait-ssh', async (detail) => {
      await onEachMachine(wanted, { signal, detail }, ({ name: each }, step) =>
        waitFor(session, hooks, each, identity, step),
      )
      await writeLabSshConfig(context, writer.lab ?? lab, identity)
    })
    if (started.length > 0) await writer.note(`started ${started.join(', ')}`)
    await writer.settle()
    return { ...(await armedView(session, writer.lab ?? lab, steps.timings)), started }
  })
}

/** Returns the names of those that were off. Throws LabError lab-not-ready for one that `up` must recreate. */
async function startStopped(
  session: Session,
  hooks: StoppingProvider,
  wanted: readonly Machine[],
  control: StepControl,
): Promise<string[]> {
  const { context, writer } = session
  const { lab } = writer
  if (lab === undefined) return []
  await wakeMachines(session, hooks, lab)
  const spec = hooks.buildSpec(context, lab, await context.catalog(), [])
  const started = await onEachMachine(wanted, control, async (machine, step) => {
    const presence = await presenceOf(hooks, lab, machine)
    if (presence === 'running') return []
    if (presence !== 'stopped')
      throw new LabError({ code: 'machine-gone', lab: lab.lab, machine: machine.name })
    const address = await hooks.start(spec, machine.name, step)
    if (address !== undefined && address !== machine.address)
      await writer.updateMachine(machine.name, { address })
    return [machine.name]
  })
  return started.flat()
}

async function waitFor(
  session: Session,
  hooks: StoppingProvider,
  name: string,
  identity: Identity,
  step: StepControl,
): Promise<void> {
  const { context, writer } = session
  const { lab } = writer
  const machine = lab?.machines.find((each) => each.name === name)
  if (lab === undefined || machine === undefined) return
  const target = targetOf(context, lab, machine, identity)
  const connection = await acceptingOwn(session, lab, machine, target, (at) =>
    waitForSsh(at, {
      timeoutMs: context.settings.waitTimeout,
      signal: step.signal,
      onSeen: step.detail,
      consoleTail: () => hooks.consoleTail(lab, machine),
    }),
  )
  connection.end()
  if (connection.hostKey !== machine.hostKey)
    await writer.updateMachine(name, { hostKey: connection.hostKey })
}
