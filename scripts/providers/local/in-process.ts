import type { Control, Report } from '../../../local-vm/machine/context.js'
import { DriverError } from '../../../local-vm/errors.js'
import { LabError } from '../../errors.js'
import { driverOptions } from './machine.js'
import type { StepControl } from '../provider.js'

/**
 * Does the driver's work in this process, because starting a program takes longer than most of that work.
 * Throws LabError `driver` with its fault, as `callDriver` does.
 */
export async function inProcess<T>(step: StepControl, action: (control: Control) => Promise<T>): Promise<T> {
  const { onProgress, signal } = driverOptions(step)
  const report: Report = (phase, message) => onProgress({ type: 'progress', phase, message })
  try {
    return await action({ signal, report })
  } catch (error) {
    signal.throwIfAborted()
    throw asLabError(error)
  }
}

/** The same for code that only looks: it needs no step. */
export const looking = <T>(look: Promise<T>): Promise<T> =>
  look.catch((error: unknown) => {
    throw asLabError(error)
  })

const asLabError = (error: unknown): unknown =>
  error instanceof DriverError
    ? new LabError({ code: 'driver', fault: error.fault }, { cause: error })
    : error
