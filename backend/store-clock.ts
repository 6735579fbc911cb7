import type { ObjectStore } from './store.js'

/**
 * How far two readings of a store's clock may differ, in milliseconds. HTTP's Date counts whole seconds (RFC
 * 9110, 5.6.7), so each reading is up to one second behind. Add it to prove that a moment has passed.
 */
export const clockErrorMs = 1000

/**
 * The store's clock, continued by this process's monotonic one, so that not every reading costs a request.
 */
export interface StoreClock {
  now(): Date
}

export async function readStoreClock(store: ObjectStore): Promise<StoreClock> {
  const asked = performance.now()
  const told = (await store.now()).getTime()
  return { now: () => new Date(told + (performance.now() - asked)) }
}
