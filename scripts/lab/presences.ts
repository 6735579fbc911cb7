import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { onEachMachine } from '../each-machine.js'
import type { Presence, ProviderHooks } from '../providers/provider.js'

/** What the provider shows of each machine of a lab. */
export type Presences = readonly (readonly [machine: string, Presence])[]

/** Only looks, but restores what must end the lab by itself. */
export async function lookAtMachines(
  context: Context,
  hooks: ProviderHooks,
  lab: AnyLab,
): Promise<Presences> {
  await hooks.rearm?.(context, lab)
  const step = { signal: context.interrupt.signal, detail: (text: string) => context.progress.detail(text) }
  return onEachMachine(
    lab.machines,
    step,
    async (machine) => [machine.name, await hooks.presence(lab, machine)] as const,
  )
}
