import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import type { Context } from '../context.js'
import { onEachMachine } from '../each-machine.js'
import { makesMachines } from '../providers/maker.js'
import type { Presence, Provider } from '../providers/provider.js'

/** What the provider shows of each machine of a lab. */
export type Presences = readonly (readonly [machine: string, Presence])[]

/** Only looks, but restores what must end the lab by itself. */
export async function lookAtMachines(context: Context, hooks: Provider, lab: AnyLab): Promise<Presences> {
  await hooks.here?.rearm(context, lab)
  const step = { signal: context.interrupt.signal, detail: (text: string) => context.progress.detail(text) }
  return onEachMachine(
    lab.machines,
    step,
    async (machine) => [machine.name, await presenceOf(hooks, lab, machine)] as const,
  )
}

/** Before anything is made of a lab, only machines that no lab makes exist. */
export const presencesOfNew = (hooks: Provider, machines: readonly { readonly name: string }[]): Presences =>
  machines.map(({ name }) => [name, makesMachines(hooks) ? 'absent' : 'running'])

/** A machine that no lab makes counts as running: SSH shows whether it answers. */
export const presenceOf = async (
  hooks: Provider,
  lab: Pick<AnyLab, 'lab' | 'region'>,
  machine: Machine,
): Promise<Presence> => (await hooks.presence?.(lab, machine)) ?? 'running'
