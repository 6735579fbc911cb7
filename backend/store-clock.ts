import type { ObjectStore } from './store.js'

/**
 * By how much two looks at a store's clock may disagree, in milliseconds: HTTP's Date counts whole seconds
 * (RFC 9110, 5.6.7), so each look is up to one second behind. Whoever proves that a moment has passed adds it.
 */
export const clockErrorMs = 1000

/** The store's clock, carried on by this process's monotonic one, so that not every look costs a request. */
export interface StoreClock {
  now(): Date
}

export async function readStoreClock(store: ObjectStore): Promise<StoreClock> {
  const asked = performance.now()
  const told = (await store.now()).getTime()
  return { now: () => new Date(told + (performance.now() - asked)) }
}
