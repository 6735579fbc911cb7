import prettyBytes from 'pretty-bytes'
import type { Machine } from '../../../backend/record-schema.js'
import type { DriverFault } from '../../../local-vm/errors.js'
import type { MachineKey } from '../../../local-vm/protocol.js'
import { LabError } from '../../errors.js'
import { progressText } from './driver.js'
import type { StepControl } from '../provider.js'

/** The values by which the driver identifies a machine. */
export const keyOf = (machine: Machine): MachineKey => ({ id: machine.id, directory: placeOf(machine) })

/** A local machine's record always names its folder; one without it was written by hand. */
export function placeOf(machine: Machine): string {
  if (machine.place === undefined) throw new TypeError(`machine ${machine.id} has no place`)
  return machine.place
}

/** How the driver is called within a step. */
export const driverOptions = (step: StepControl) => ({
  signal: step.signal,
  onProgress: (progress: Parameters<typeof progressText>[0]) =>
    step.detail(progressText(progress, prettyBytes)),
})

export const driverFaultOf = (error: unknown): DriverFault | undefined =>
  error instanceof LabError && error.fault.code === 'driver' ? error.fault.fault : undefined
