import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { SshTarget } from '../machine/connect.js'
import { ensureIdentity, readIdentity, type Identity } from '../machine/key.js'
import { sshAlias, writeSshConfig } from '../machine/ssh-config.js'

/**
 * The key for a lab that exists: the one `--ssh-key` names, else the one this computer made for it.
 * Throws LabError key-missing where the lab was made on another computer, or key-not-on-lab.
 */
export async function requireIdentity(context: Context, lab: AnyLab): Promise<Identity> {
  const { space, env, settings } = context
  const given = settings.sshKey !== undefined
  if (!given && (await readIdentity(space, lab.lab)) === undefined) {
    throw new LabError({ code: 'key-missing', lab: lab.lab })
  }
  const identity = await ensureIdentity(space, lab.lab, {
    sshKey: settings.sshKey,
    agentSocket: env.sshAgentSocket,
  })
  assertKeyOnLab(identity, lab)
  return identity
}

/** A new lab takes any key. */
export function assertKeyOnLab(identity: Identity, living: AnyLab | undefined): void {
  if (living === undefined || identity.publicKey === living.sshKey.publicKey) return
  throw keyNotOnLab(living, identity)
}

export const keyNotOnLab = (lab: AnyLab, identity: Identity, cause?: Error): LabError =>
  new LabError({ code: 'key-not-on-lab', lab: lab.lab, path: identity.file }, { cause })

export function targetOf(context: Context, lab: AnyLab, machine: Machine, identity: Identity): SshTarget {
  const { address, port } = machine
  if (address === null) throw new LabError({ code: 'lab-not-ready', lab: lab.lab, state: lab.state })
  return {
    lab: lab.lab,
    machine: machine.name,
    address,
    port: port ?? 22,
    user: machine.user,
    hostKey: machine.hostKey,
    identity,
    agentSocket: context.env.sshAgentSocket,
  }
}

/** Writes the lab's ssh configuration from its record, so that it is right on every computer that needs it. */
export function writeLabSshConfig(context: Context, lab: AnyLab, identity: Identity): Promise<string> {
  const hosts = lab.machines.flatMap(({ name, address, port, user, hostKey }) =>
    address === null ? [] : [{ alias: sshAlias(lab.lab, name), address, port: port ?? 22, user, hostKey }],
  )
  return writeSshConfig(context.space, lab.lab, hosts, identity)
}
