import type { Machine } from '../../../backend/record-schema.js'
import { machineFiles } from '../../../local-vm/files.js'
import {
  destroyMachine,
  isTraceless,
  removeMachine as removeUntilGone,
  removeOnce,
} from '../../../local-vm/machine/remove.js'
import { inProcess, looking } from './in-process.js'
import { driverFaultOf, keyOf } from './machine.js'
import type { StepControl } from '../provider.js'

/**
 * Like the driver, but in this process. If it is killed, the next command does the rest; `removeLeft` finds
 * what is left.
 */
export const removeMachine = (machine: Machine, step: StepControl): Promise<void> =>
  destroy(machine, step, removeOnce)

async function destroy(machine: Machine, step: StepControl, remove: typeof removeOnce): Promise<void> {
  await inProcess(step, (control) => destroyMachine(keyOf(machine), control, remove))
}

/** Usually nothing is left by now. Returns what cannot be removed. */
export async function removeLeft(machine: Machine, step: StepControl): Promise<readonly string[]> {
  const { id, directory } = keyOf(machine)
  if (await looking(isTraceless(id, machineFiles(id, directory)))) return []
  try {
    await destroy(machine, step, removeUntilGone)
    return []
  } catch (error) {
    const fault = driverFaultOf(error)
    if (fault?.code === 'machine-left') return fault.left
    throw error
  }
}
