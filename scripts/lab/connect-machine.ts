import type { AnyLab } from '../../backend/lab.js'
import {
  connectOnce,
  isKeyRefused,
  SshError,
  sshFailed,
  type Connection,
  type SshTarget,
} from '../machine/connect.js'
import { keyNotOnLab } from './reach.js'

/**
 * One attempt at a machine that is known to be up, anywhere. `timeouts` in milliseconds, as for
 * `connectOnce`. Throws LabError key-not-on-lab if the machine accepts no key of ours, else ssh-failed or
 * host-key-changed.
 */
export async function connectToMachine(
  lab: AnyLab,
  target: SshTarget,
  timeouts: Parameters<typeof connectOnce>[1],
  signal: AbortSignal,
): Promise<Connection> {
  try {
    return await connectOnce(target, timeouts, signal)
  } catch (error) {
    if (!(error instanceof SshError)) throw error
    if (isKeyRefused(error)) throw keyNotOnLab(lab, target.identity, error)
    throw sshFailed(target, error.reason, error)
  }
}
