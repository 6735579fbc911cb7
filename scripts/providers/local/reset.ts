import { resetMachine as reset } from '../../../local-vm/machine/baseline.js'
import { readEnvironment } from '../../../local-vm/env.js'
import type { MachineSpec } from '../../../local-vm/protocol.js'
import { inProcess } from './in-process.js'
import type { StepControl } from '../provider.js'

/** Like the driver, but in this process. If it is killed, the next reset does the rest. */
export async function resetMachine(spec: MachineSpec, step: StepControl): Promise<void> {
  await inProcess(step, (control) => reset(spec, { ...control, environment: readEnvironment() }))
}
