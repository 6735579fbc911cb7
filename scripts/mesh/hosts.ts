import { isIP } from 'node:net'
import type { Machine } from '../../backend/record-schema.js'
import { hostnameOf } from '../../stacks/naming.js'

/** A machine with the address where the others of its lab reach it, and all its names. */
export interface Host {
  readonly machine: Machine
  readonly address: string
  readonly names: readonly string[]
}

/** Machines without an address in the lab's network are left out. */
export function hostsOf(lab: string, machines: readonly Machine[]): Host[] {
  const names = new Set(machines.map(({ name }) => name))
  return machines.flatMap((machine) => {
    const { name, privateAddress: address = null } = machine
    if (address === null || isIP(address) === 0) return []
    // The lab's own name is that of its main machine, unless another one has it.
    const own = hostnameOf(lab, name)
    return [{ machine, address, names: own === name || names.has(own) ? [name] : [name, own] }]
  })
}
