import { resetRunning } from '../../stacks/local/driver/baseline.js'
import type { MachineSpec } from '../../stacks/local/driver/protocol.js'
import { callDriver } from './driver.js'
import { inProcess } from './local-in-process.js'
import { driverOptions } from './local-machine.js'
import type { StepControl } from './provider-hooks.js'

/** Back to the baseline; only where a QEMU must be started the driver is. */
export async function resetMachine(spec: MachineSpec, step: StepControl): Promise<void> {
  if (await inProcess(step, (control) => resetRunning(spec, control))) return
  await callDriver('reset', spec, driverOptions(step))
}
