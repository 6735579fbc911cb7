import { isDeepStrictEqual } from 'node:util'
import type { LabRecord, Machine, MachineMake, StoredRecord } from './record-schema.js'

/** The machine that a lab of one machine has, and that a command means unless another is named. */
export const MAIN_MACHINE = 'main'

/** The lab's main machine, or its first; undefined where it has none. */
export const mainOf = <M extends Pick<Machine, 'name'>>(machines: readonly M[]): M | undefined =>
  machines.find(({ name }) => name === MAIN_MACHINE) ?? machines[0]

/**
 * A version before machines said themselves what they are made of says it once, of the lab. It may also have changed a
 * record of this one, and then left the machines' fields as they were: the lab and its main machine disagree.
 */
export function withOwnMakes(record: StoredRecord): LabRecord {
  const make = { distro: record.distro, size: record.size, image: record.image }
  const machines = record.machines.map((machine) => ({ ...make, ...machine }))
  const isCurrent = isDeepStrictEqual({ ...make, ...makeOfLab(machines) }, make)
  return { ...record, machines: isCurrent ? machines : machines.map((machine) => ({ ...machine, ...make })) }
}

/** What a lab says of itself: what its main machine is made of. Nothing where it has no machine. */
export function makeOfLab(machines: readonly Machine[]): Partial<MachineMake> {
  const main = mainOf(machines)
  return main === undefined ? {} : { distro: main.distro, size: main.size, image: main.image }
}
