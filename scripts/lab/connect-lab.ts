import { LabError } from '../errors.js'
import type { Connection } from '../machine/connect.js'
import { connectToMachine } from './connect-machine.js'
import { assertNotStopped } from './stopped.js'
import { isStanding, silentOf } from './own-machine.js'

/** Milliseconds, as for `connectOnce`. Generous: without KVM a login takes a second. */
export const KNOWN_TO_BE_UP = { banner: 10_000, login: 30_000 }

/** Like `connectToMachine`. For a running local VM it knows more, and throws LabError ssh-silent. */
export async function connectToLab(...[lab, target, ...rest]: ConnectParameters): Promise<Connection> {
  try {
    return await connectToMachine(lab, target, ...rest)
  } catch (error) {
    if (!(error instanceof LabError) || error.fault.code !== 'ssh-failed') throw error
    const machine = lab.machines.find(({ name }) => name === target.machine)
    if (machine !== undefined) await assertNotStopped(lab, machine)
    if (machine !== undefined && (await isStanding(lab, machine)))
      throw await silentOf(lab, machine, error.fault.reason, error)
    throw error
  }
}

type ConnectParameters = readonly [...Parameters<typeof connectToMachine>]
