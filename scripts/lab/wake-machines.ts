import type { AnyLab } from '../../backend/lab.js'
import type { Session } from './gate.js'
import type { ProviderHooks } from '../providers/provider.js'

/** Before anything else is tried with machines that exist: a paused one answers no one. Throws why one cannot go on. */
export async function wakeMachines(
  { context, signal }: Session,
  hooks: ProviderHooks,
  lab: AnyLab,
): Promise<void> {
  const step = { signal, detail: (text: string) => context.progress.say(text) }
  for (const machine of lab.machines) await hooks.wake?.(machine, step)
}
