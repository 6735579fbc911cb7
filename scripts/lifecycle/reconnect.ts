import type { Lab } from '../../backend/lab.js'
import { connectOnce, SshError } from '../machine/connect.js'
import type { Session } from './gate.js'
import { hooksOf } from './provider-hooks.js'
import { wakeMachines } from './wake-machines.js'
import { keyNotOnLab, requireIdentity, targetOf, writeLabSshConfig } from './reach.js'

/** Generous: it is known to be up, and without KVM a login takes a second. */
const TIMEOUTS = { banner: 10_000, login: 30_000 }

/**
 * Proves that every machine of a lab that is ready (or used by whoever lends us its lease) answers over SSH with its
 * pinned host key; no engine is started.
 * False: a machine can't be reached, so it must be brought back. Throws LabError key-not-on-lab or
 * host-key-changed, which no restart can mend.
 */
export async function reconnect(session: Session, lab: Lab<'ready' | 'in-use'>): Promise<boolean> {
  const { context, writer, signal } = session
  const identity = await requireIdentity(context, lab)
  await wakeMachines(session, await hooksOf(lab.provider), lab)
  if (context.settings.wait !== 'none') {
    for (const machine of lab.machines) {
      try {
        const connection = await connectOnce(targetOf(context, lab, machine, identity), TIMEOUTS, signal)
        connection.end()
      } catch (error) {
        if (!(error instanceof SshError)) throw error
        session.log.warn('a ready machine did not answer', { machine: machine.name, stage: error.stage })
        if (error.stage !== 'authentication') return false
        throw keyNotOnLab(lab, identity, error)
      }
    }
  }
  await writeLabSshConfig(context, lab, identity)
  await writer.settle()
  return true
}
