import { resetMachine as reset } from '../../stacks/local/driver/baseline.js'
import { readEnvironment } from '../../stacks/local/driver/env.js'
import type { MachineSpec } from '../../stacks/local/driver/protocol.js'
import { inProcess } from './local-in-process.js'
import type { StepControl } from './provider-hooks.js'

/** As the driver does it, but without a program of its own: who is killed at it leaves the rest to the next reset. */
export async function resetMachine(spec: MachineSpec, step: StepControl): Promise<void> {
  await inProcess(step, (control) => reset(spec, { ...control, environment: readEnvironment() }))
}
