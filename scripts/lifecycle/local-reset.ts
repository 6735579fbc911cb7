import { resetMachine as reset } from '../../stacks/local/driver/baseline.js'
import { readEnvironment } from '../../stacks/local/driver/env.js'
import type { MachineSpec } from '../../stacks/local/driver/protocol.js'
import { inProcess } from './local-in-process.js'
import type { StepControl } from './provider-hooks.js'

/** Like the driver, but in this process. If it is killed, the next reset does the rest. */
export async function resetMachine(spec: MachineSpec, step: StepControl): Promise<void> {
  await inProcess(step, (control) => reset(spec, { ...control, environment: readEnvironment() }))
}
