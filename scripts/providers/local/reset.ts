import { resetMachine as reset } from '../../../local-vm/machine/baseline.js'
import { readEnvironment } from '../../../local-vm/env.js'
import type { MachineSpec } from '../../../local-vm/protocol.js'
import { inProcess } from './in-process.js'
import type { StepControl } from '../provider.js'

/** As the driver does it, but without a program of its own: who is killed at it leaves the rest to the next reset. */
export async function resetMachine(spec: MachineSpec, step: StepControl): Promise<void> {
  await inProcess(step, (control) => reset(spec, { ...control, environment: readEnvironment() }))
}
