import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import type { Power } from '../../local-vm/qemu/power.js'
import type { Context } from '../context.js'
import { mismatchOf } from './own-facts.js'
import { isSupported, providerOf } from '../providers/registry.js'
import { isElsewhere } from './target.js'

/** By the name of the machine. */
export type Powers = Readonly<Record<string, Power>>

/**
 * What the machines of a lab are doing right now; empty if that cannot be seen from here, or nothing was
 * made. A record that is not believed says nothing about where its machines are.
 */
export async function powersOf(context: Context, lab: AnyLab): Promise<Powers> {
  if (lab.state === 'destroyed' || !isSupported(lab.provider)) return {}
  if (mismatchOf(context, lab) !== undefined || isElsewhere(context, lab)) return {}
  const hooks = await providerOf(lab.provider)
  const look = async (machine: Machine): Promise<[string, Power][]> => {
    const power = await hooks.here?.power(machine)
    return power === undefined ? [] : [[machine.name, power]]
  }
  return Object.fromEntries((await Promise.all(lab.machines.map(look))).flat())
}
