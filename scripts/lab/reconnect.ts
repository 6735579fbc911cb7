import { isDeepStrictEqual } from 'node:util'
import type { AnyLab, Lab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import { onEachMachine } from '../each-machine.js'
import { LabError } from '../errors.js'
import { connectOnce, SshError, type Connection, type SshTarget } from '../machine/connect.js'
import { waitForSsh } from '../machine/wait-ssh.js'
import { KNOWN_TO_BE_UP } from './connect-lab.js'
import type { Session } from './gate.js'
import { providerOf } from '../providers/registry.js'
import { wakeMachines } from './wake-machines.js'
import { mendClock } from './guest-clock.js'
import { acceptingOwn, isStanding, silentOf } from './own-machine.js'
import { keyNotOnLab, requireIdentity, targetOf, writeLabSshConfig } from './reach.js'

/**
 * Proves that every machine of a lab that is ready (or used by the lender of our lease) answers over SSH with
 * its pinned host key; starts no engine. False: a machine cannot be reached, so it must be brought back.
 * Throws LabError key-not-on-lab, host-key-changed or ssh-silent, which no restart can fix.
 */
export async function reconnect(session: Session, lab: Lab<'ready' | 'in-use'>): Promise<boolean> {
  const { context, writer } = session
  const identity = await requireIdentity(context, lab)
  await wakeMachines(session, await providerOf(lab.provider), lab)
  const wanted = context.settings.wait === 'none' ? [] : lab.machines
  const step = { signal: session.signal, detail: (text: string) => session.log.info(text) }
  const reached = await onEachMachine(wanted, step, async (machine, { signal }) => {
    const target = targetOf(context, lab, machine, identity)
    const connection = await reach({ ...session, signal }, lab, machine, target)
    if (connection === undefined) return undefined
    try {
      await mendClock(session, lab, machine, connection)
    } finally {
      connection.end()
    }
    return { ...machine, hostKey: connection.hostKey }
  })
  const machines = reached.filter((machine) => machine !== undefined)
  if (machines.length < wanted.length) return false
  if (machines.length > 0 && !isDeepStrictEqual(machines, lab.machines)) await writer.update({ machines })
  await writeLabSshConfig(context, writer.lab ?? lab, identity)
  await writer.settle()
  return true
}

/** Undefined if it cannot be reached. */
async function reach(
  session: Session,
  lab: AnyLab,
  machine: Machine,
  target: SshTarget,
): Promise<Connection | undefined> {
  try {
    return await acceptingOwn(session, lab, machine, target, (at) =>
      connectOnce(at, KNOWN_TO_BE_UP, session.signal),
    )
  } catch (error) {
    if (!(error instanceof SshError)) throw error
    session.log.warn('a ready machine did not answer', { machine: machine.name, stage: error.stage })
    if (error.stage === 'authentication') throw keyNotOnLab(lab, target.identity, error)
    if (!(await isStanding(lab, machine))) return undefined
    session.context.progress.say(
      `${lab.lab}/${machine.name} is running, but SSH does not answer: waiting for it`,
    )
    return waitForStanding(session, lab, machine, target)
  }
}

/** A restart from within, without KVM, takes about one minute. */
const STANDING_MS = 2 * 60_000

class NotStanding extends Error {}

/**
 * The lab stays ready meanwhile, so that a reset remains possible. Undefined once the machine no longer runs.
 * Throws LabError ssh-silent.
 */
export async function waitForStanding(
  session: Session,
  lab: AnyLab,
  machine: Machine,
  target: SshTarget,
  timeoutMs = STANDING_MS,
): Promise<Connection | undefined> {
  const options = {
    timeoutMs,
    signal: session.signal,
    onSeen: (seen: string) => session.log.info(seen, { machine: machine.name }),
    consoleTail: async () => '',
    betweenAttempts: async () => {
      if (!(await isStanding(lab, machine))) throw new NotStanding()
      return 'as-before' as const
    },
  }
  try {
    return await acceptingOwn(session, lab, machine, target, (at) => waitForSsh(at, options))
  } catch (error) {
    if (error instanceof NotStanding) return undefined
    if (!(error instanceof LabError) || error.fault.code !== 'ssh-timeout') throw error
    throw await silentOf(lab, machine, error.fault.lastSeen, error)
  }
}
