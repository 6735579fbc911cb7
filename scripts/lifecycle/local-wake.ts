import type { Machine } from '../../backend/record-schema.js'
import { wakeMachine } from '../../stacks/local/driver/wake.js'
import { inProcess } from './local-in-process.js'
import { keyOf } from './local-machine.js'
import type { StepControl } from './provider-hooks.js'

/** Like the driver, but in this process. */
export const wake = (machine: Machine, step: StepControl): Promise<void> =>
  inProcess(step, (control) => wakeMachine(keyOf(machine), control))
