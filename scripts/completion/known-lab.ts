import { isLabName } from '../../backend/lab-name.js'
import type { Named } from './table.js'

/** The few fields of a lab's record that completion shows. */
export interface KnownLab {
  readonly lab: string
  readonly state: string
  readonly profile: string
  readonly machines: readonly string[]
}

/** Records and caches are input: an entry without a valid lab name is dropped. */
export function parseKnownLab(value: unknown): KnownLab | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { lab, state, profile, machines } = value as Readonly<Record<string, unknown>>
  if (typeof lab !== 'string' || !isLabName(lab)) return undefined
  const names = Array.isArray(machines) ? machines.map(machineName) : []
  return {
    lab,
    state: String(state),
    profile: String(profile),
    machines: names.filter((name) => name !== undefined),
  }
}

/** A machine as a record has it, or only its name. */
function machineName(value: unknown): string | undefined {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : value
  return typeof name === 'string' && /^[a-z0-9][a-z0-9-]*$/.test(name) ? name : undefined
}

export const namesOfLabs = (labs: readonly KnownLab[], which: 'living' | 'all'): Named[] =>
  labs
    .filter(({ state }) => which === 'all' || state !== 'destroyed')
    .map(({ lab, state, profile }) => ({ name: lab, describe: `${state}, ${profile}` }))
