import type { Machine } from '../../backend/record-schema.js'
import { wakeMachine } from '../../stacks/local/driver/wake.js'
import { inProcess } from './local-in-process.js'
import { keyOf } from './local-machine.js'
import type { StepControl } from './provider-hooks.js'

/** As the driver does it, but without a program of its own. */
export const wake = (machine: Machine, step: StepControl): Promise<void> =>
  inProcess(step, (control) => wakeMachine(keyOf(machine), control))
