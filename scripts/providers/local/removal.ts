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
 * As the driver does it, but without a program of its own: who is killed at it leaves the rest to whoever comes next. What
 * is left then is found by `removeLeft`.
 */
export const removeMachine = (machine: Machine, step: StepControl): Promise<void> =>
  destroy(machine, step, removeOnce)

async function destroy(machine: Machine, step: StepControl, remove: typeof removeOnce): Promise<void> {
  await inProcess(step, (control) => destroyMachine(keyOf(machine), control, remove))
}

/** Usually there is nothing by now. Returns what will not go. */
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
