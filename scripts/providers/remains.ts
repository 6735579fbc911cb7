import { isPassing } from './passing.js'
import type { LabError } from '../errors.js'
import { explain } from '../explain.js'
import type { Remains, StepControl } from './provider.js'

interface Removal<Thing> {
  readonly signal: AbortSignal
  readonly onRefused: (thing: Thing, error: LabError) => void
}

/** What a removal leaves behind, in words, with the cloud's reason if there is one. */
export async function remainsOf<Thing extends { readonly isOurs: boolean }>(
  remove: (removal: Removal<Thing>) => Promise<readonly Thing[]>,
  words: (thing: Thing) => string,
  { signal, detail }: StepControl,
): Promise<Remains> {
  const refused = new Map<string, LabError>()
  const told = (thing: Thing): string => {
    const error = refused.get(words(thing))
    return error === undefined ? words(thing) : `${words(thing)}: ${explain(error).message}`
  }
  const things = await remove({
    signal,
    onRefused(thing, error) {
      refused.set(words(thing), error)
      detail(told(thing))
    },
  })
  return {
    left: things.filter(({ isOurs }) => isOurs).map(told),
    foreign: things.filter(({ isOurs }) => !isOurs).map(words),
    mayPass: [...refused.values()].every(isPassing),
  }
}
