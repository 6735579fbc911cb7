import { BackendError } from '../../../backend/errors.js'
import { CatalogError } from '../../../distro-catalog/errors.js'
import { LabError } from '../../../scripts/errors.js'
import { variants } from './fault-variants.js'
import { backendFaults, catalogFaults, driverFaults, labFaults } from './faults.js'

export type Fault = BackendError | CatalogError | LabError

/** An error of every code, and those of `fault-variants.ts`. */
export const allErrors: readonly Fault[] = [
  ...backendFaults.map((fault) => new BackendError(fault)),
  ...catalogFaults.map((fault) => new CatalogError(fault)),
  ...labFaults.map((fault) => new LabError(fault)),
  ...driverFaults.map((fault) => new LabError({ code: 'driver', fault })),
  ...variants,
]

/** Fields of a few words that the code knows; and those that are a command line, composed where they are thrown. */
const FIXED = [
  ...['code', 'provider', 'kind', 'signal', 'field', 'passed', 'flag', 'operation', 'setting'],
  ...['command', 'meant', 'install', 'holder'],
]

/** The same error with `value` in place of every text in it that may be anything. */
export function withValues(error: Fault, value: string): Fault {
  const fault = replaced(error.fault, value, '')
  // The same class with the same code: only texts were replaced by texts.
  const Class = error.constructor as new (fault: unknown) => Fault
  return new Class(fault)
}

function replaced(given: unknown, value: string, name: string): unknown {
  if (Array.isArray(given)) return given.map((each) => replaced(each, value, name))
  if (typeof given === 'object' && given !== null)
    return Object.fromEntries(Object.entries(given).map(([key, each]) => [key, replaced(each, value, key)]))
  return typeof given === 'string' && !FIXED.includes(name) ? value : given
}
