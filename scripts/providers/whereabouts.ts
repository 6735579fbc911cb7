import { LabError, type LabFault } from '../errors.js'
import { cloudRefusalCodes, type CloudRefusalCode, type Whereabouts } from './faults.js'

type Placed = Extract<LabFault, { readonly code: CloudRefusalCode | 'cloud-failed' | 'engine-failed' }>

/** The same error with what the command knows about its lab, if its text uses that. */
export function withWhereabouts(error: unknown, whereabouts: Whereabouts): unknown {
  if (!(error instanceof LabError) || !isPlaced(error.fault)) return error
  return new LabError({ ...error.fault, ...whereabouts }, { cause: error.cause })
}

const CODES: readonly string[] = [...cloudRefusalCodes, 'cloud-failed', 'engine-failed']

const isPlaced = (fault: LabFault): fault is Placed => CODES.includes(fault.code)
