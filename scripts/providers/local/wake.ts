import type { Machine } from '../../../backend/record-schema.js'
import { wakeMachine } from '../../../local-vm/machine/wake.js'
import { inProcess } from './in-process.js'
import { keyOf } from './machine.js'
import type { StepControl } from '../provider.js'

/** As the driver does it, but without a program of its own. */
export const wake = (machine: Machine, step: StepControl): Promise<void> =>
  inProcess(step, (control) => wakeMachine(keyOf(machine), control))
