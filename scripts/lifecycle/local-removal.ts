import type { Machine } from '../../backend/record-schema.js'
import type { Report } from '../../stacks/local/driver/context.js'
import { DriverError } from '../../stacks/local/driver/errors.js'
import { machineFiles } from '../../stacks/local/driver/files.js'
import {
  destroyMachine,
  isTraceless,
  removeMachine as removeUntilGone,
  removeOnce,
} from '../../stacks/local/driver/remove.js'
import { LabError } from '../errors.js'
import { driverFaultOf, driverOptions, keyOf } from './local-machine.js'
import type { StepControl } from './provider-hooks.js'

/**
 * As the driver does it, but without a program of its own: who is killed at it leaves the rest to whoever comes next. What
 * is left then is found by `removeLeft`.
 */
export const removeMachine = (machine: Machine, step: StepControl): Promise<void> =>
  destroy(machine, step, removeOnce)

async function destroy(machine: Machine, step: StepControl, remove: typeof removeOnce): Promise<void> {
  const { onProgress, signal } = driverOptions(step)
  const report: Report = (phase, message) => onProgress({ type: 'progress', phase, message })
  try {
    await destroyMachine(keyOf(machine), { signal, report }, remove)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof DriverError)) throw error
    throw new LabError({ code: 'driver', fault: error.fault }, { cause: error })
  }
}

/** Usually there is nothing by now. Returns what will not go. */
export async function removeLeft(machine: Machine, step: StepControl): Promise<readonly string[]> {
  const { id, directory } = keyOf(machine)
  if (await isTraceless(id, machineFiles(id, directory))) return []
  try {
    await destroy(machine, step, removeUntilGone)
    return []
  } catch (error) {
    const fault = driverFaultOf(error)
    if (fault?.code === 'machine-left') return fault.left
    throw error
  }
}
