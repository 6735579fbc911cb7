import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import { LabError } from '../errors.js'
import type { Connection, SshTarget } from '../machine/connect.js'
import { forgetHostKeys, sshAlias } from '../machine/ssh-config.js'
import type { Session } from './gate.js'
import { providerOf } from '../providers/registry.js'

/**
 * Connects to a machine. One that is provably ours may have made itself a new host key, which is reported and
 * accepted. The caller updates the record. Throws like `connect`, and LabError host-key-changed for a machine
 * that may be another.
 */
export async function acceptingOwn(
  session: Session,
  lab: AnyLab,
  machine: Machine,
  target: SshTarget,
  connect: (target: SshTarget) => Promise<Connection>,
): Promise<Connection> {
  try {
    return await connect(target)
  } catch (error) {
    if (!(error instanceof LabError) || error.fault.code !== 'host-key-changed') throw error
    const pid = await (await providerOf(lab.provider)).here?.processOf(machine)
    if (pid === undefined) throw error
    const connection = await connect({ ...target, hostKey: error.fault.got })
    const { context, log } = session
    const what = `${lab.lab}/${machine.name} has a new host key, accepted because its VM runs here (pid ${pid}).`
    context.progress.say(what)
    log.warn(what, { expected: error.fault.expected, got: error.fault.got })
    // Before the record: after a crash in between, the next command gets here again.
    await forgetHostKeys(context.space, lab.lab, [sshAlias(lab.lab, machine.name)])
    return connection
  }
}

/**
 * A machine of this computer runs according to its process and its console, so the reason for its silence is
 * inside it.
 */
export async function isStanding(lab: AnyLab, machine: Machine): Promise<boolean> {
  const hooks = await providerOf(lab.provider)
  if ((await hooks.here?.processOf(machine)) === undefined) return false
  return (await hooks.revival?.panicOf(machine)) === undefined
}

/** LabError ssh-silent for such a machine. `reason`: what was seen. */
export async function silentOf(
  lab: AnyLab,
  machine: Machine,
  reason: string,
  cause: unknown,
): Promise<LabError> {
  const console = (await (await providerOf(lab.provider)).consoleTail?.(lab, machine)) ?? ''
  const place = { lab: lab.lab, machine: machine.name }
  return new LabError({ code: 'ssh-silent', ...place, reason, console }, { cause })
}
