import type { ObjectStore } from './store.js'

/** The store's clock, carried on by this process's monotonic one, so that not every look costs a request. */
export interface StoreClock {
  now(): Date
}

export async function readStoreClock(store: ObjectStore): Promise<StoreClock> {
  const asked = performance.now()
  const told = (await store.now()).getTime()
  return { now: () => new Date(told + (performance.now() - asked)) }
}
