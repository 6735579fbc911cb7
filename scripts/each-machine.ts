import { inParallel } from '../backend/in-parallel.js'
import { explain } from './explain.js'
import type { StepControl } from './providers/provider.js'

/** Enough for most of the waiting to be at the same time; this computer or a cloud may have to do the rest. */
const AT_ONCE = 8

/**
 * Does the same to every machine of a lab, several at once; results are in the order of the machines. None is left out for
 * another's failure. The first failure aborts the signal that the others are given, and is thrown once all have ended;
 * what else failed is a detail.
 */
export async function onEachMachine<M extends { readonly name: string }, R>(
  machines: readonly M[],
  { signal, detail }: StepControl,
  action: (machine: M, step: StepControl, index: number) => Promise<R>,
): Promise<R[]> {
  const stop = new AbortController()
  const own = AbortSignal.any([signal, stop.signal])
  const results: R[] = []
  const failures: unknown[] = []
  await inParallel([...machines.entries()], AT_ONCE, async ([index, machine]) => {
    const told = (text: string): void => detail(machines.length === 1 ? text : `${machine.name}: ${text}`)
    try {
      results[index] = await action(machine, { signal: own, detail: told }, index)
    } catch (error) {
      // One that was only stopped has no failure of its own.
      if (failures.length > 0 && error !== own.reason) told(explain(error).message)
      failures.push(error)
      stop.abort()
    }
  })
  if (failures.length > 0) throw failures[0]
  return results
}
