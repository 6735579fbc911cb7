import type { AnyLab } from '../../backend/lab.js'
import { onEachMachine } from '../each-machine.js'
import type { Session } from './gate.js'
import type { Provider } from '../providers/provider.js'

/**
 * Call before anything else is tried with existing machines: a paused one does not answer. Throws why one
 * cannot resume.
 */
export async function wakeMachines(
  { context, signal }: Session,
  hooks: Provider,
  lab: AnyLab,
): Promise<void> {
  const step = { signal, detail: (text: string) => context.progress.say(text) }
  await onEachMachine(lab.machines, step, async (machine, each) => hooks.here?.wake(machine, each))
}
