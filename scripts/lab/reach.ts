import { homedir } from 'node:os'
import { join } from 'node:path'
import type { AnyLab } from '../../backend/lab.js'
import { keysOn } from '../../backend/lab-keys.js'
import type { Machine } from '../../backend/record-schema.js'
import { spaceOf, type Context } from '../context.js'
import { LabError } from '../errors.js'
import type { SshTarget } from '../machine/connect.js'
import { identityFromFile, readIdentity, rememberIdentity, type Identity } from '../machine/key.js'
import { sshAlias, writeSshConfig, type SshHost } from '../machine/ssh-config.js'
import { writeNames } from '../ssh-names/names.js'
import { assertOwnFacts, pinnedHostKey } from './own-facts.js'
import { assertAsConfigured } from './configured-machine.js'
import { assertHere } from './here.js'

/**
 * The key for an existing lab: the one that `--ssh-key` names, else the one this computer used before, else a
 * key of this user that the lab accepts. Throws LabError key-missing or key-not-on-lab, each with whose keys
 * it accepts.
 */
export async function requireIdentity(context: Context, lab: AnyLab): Promise<Identity> {
  const { env, settings } = context
  const space = spaceOf(context, lab)
  if (settings.sshKey !== undefined) {
    const given = await identityFromFile(settings.sshKey, env.sshAgentSocket)
    assertKeyOnLab(given, lab)
    await rememberIdentity(space, lab.lab, given)
    return given
  }
  const remembered = await readIdentity(space, lab.lab)
  const wanted = keysOn(lab)
  if (remembered !== undefined && wanted.includes(remembered.publicKey)) return remembered
  const { findOwnKey } = await import('../machine/own-key.js')
  const options = { sshFolder: join(homedir(), '.ssh'), agentSocket: env.sshAgentSocket }
  const own = await findOwnKey(space, lab.lab, wanted, options)
  if (own === undefined) {
    if (remembered !== undefined) throw keyNotOnLab(lab, remembered)
    throw new LabError({ code: 'key-missing', lab: lab.lab, takes: takersOf(lab) })
  }
  await rememberIdentity(space, lab.lab, own)
  return own
}

/** Whose keys those are. */
const takersOf = ({ owner, authorizedKeys = [] }: AnyLab): string[] => [
  `the key it was created with, by ${owner.user}@${owner.host}`,
  ...new Set(authorizedKeys.map(({ from }) => from)),
]

/** A new lab accepts any key. */
export function assertKeyOnLab(identity: Identity, living: AnyLab | undefined): void {
  if (living === undefined || keysOn(living).includes(identity.publicKey)) return
  throw keyNotOnLab(living, identity)
}

export const keyNotOnLab = (lab: AnyLab, identity: Identity, cause?: Error): LabError =>
  new LabError({ code: 'key-not-on-lab', lab: lab.lab, path: identity.file, takes: takersOf(lab) }, { cause })

/** Throws LabError lab-not-ready, lab-on-other-computer, record-mismatch or machines-differ. */
export function targetOf(context: Context, lab: AnyLab, machine: Machine, identity: Identity): SshTarget {
  assertOwnFacts(context, lab)
  // 127.0.0.1 means another machine on each computer.
  assertHere(context, lab)
  const { address, port } = machine
  assertAsConfigured(context, lab, machine)
  if (address === null) throw new LabError({ code: 'lab-not-ready', lab: lab.lab, state: lab.state })
  return {
    lab: lab.lab,
    machine: machine.name,
    address,
    port: port ?? 22,
    user: machine.user,
    hostKey: pinnedHostKey(context, lab, machine),
    identity,
    agentSocket: context.env.sshAgentSocket,
  }
}

/**
 * Writes the lab's ssh configuration from its record, so that it is right on every computer that needs it, and
 * its names for plain `ssh`.
 */
export async function writeLabSshConfig(context: Context, lab: AnyLab, identity: Identity): Promise<string> {
  const hosts = sshHostsOf(context, lab)
  const config = await writeSshConfig(spaceOf(context, lab), lab.lab, hosts, identity)
  await writeNames(spaceOf(context, lab), lab.lab, hosts, identity)
  return config
}

/** The machines that have an address. Throws LabError record-mismatch. */
export function sshHostsOf(context: Context, lab: AnyLab): readonly SshHost[] {
  assertOwnFacts(context, lab)
  return lab.machines.flatMap((machine) => {
    const { name, address, port, user } = machine
    if (address === null) return []
    const hostKey = pinnedHostKey(context, lab, machine)
    return [{ alias: sshAlias(lab.lab, name), address, port: port ?? 22, user, hostKey }]
  })
}
