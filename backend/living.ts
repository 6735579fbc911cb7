import { BackendError } from './errors.js'
import { newRandomId } from './identity.js'
import { labOfLivingKey, livingComplete, livingKey, livingKeysOf, livingPrefix } from './keys.js'
import { isLabName, type LabName } from './lab-name.js'
import type { ObjectStore } from './store.js'

// The index of living labs. A lab gets an object under a new key before its record says that it lives. After
// the record says `destroyed`, the lab loses the objects that existed before. If a command stops in between,
// one object too many stays, and none is ever missing.

/** Call before writing the record of a new lab, or of a name used again. */
export async function markLiving(store: ObjectStore, lab: LabName): Promise<void> {
  await store.create(livingKey(lab, newRandomId()), '')
}

/**
 * The objects that `unmarkLiving` removes. List them before the record says `destroyed`, because a lab made
 * later has another key.
 */
export const livingMarks = (store: ObjectStore, lab: LabName): Promise<readonly string[]> =>
  store.list(livingKeysOf(lab))

/**
 * Call after the record says `destroyed`. An object that stays costs each listing one read, and never makes a
 * command fail.
 */
export const unmarkLiving = (store: ObjectStore, marks: readonly string[]): Promise<void> =>
  ifPossible(async () => {
    for (const mark of marks) await store.discard(mark)
  })

/** The names of all labs that may be living; undefined if the index is incomplete or unreadable. */
export async function namesOfLiving(store: ObjectStore): Promise<readonly string[] | undefined> {
  let keys: readonly string[]
  try {
    keys = await store.list(livingPrefix)
  } catch (error) {
    // The caller then reads everything, and names what is wrong.
    if (error instanceof BackendError && UNREADABLE.includes(error.fault.code)) return undefined
    throw error
  }
  if (!keys.includes(livingComplete)) return undefined
  return [...new Set(keys.flatMap((key) => labOfLivingKey(key) ?? []))]
}

const UNREADABLE: readonly string[] = ['file-refused', 'store-unreadable']

/**
 * Completes the index if we may write: adds labs from before it existed, and marks it complete.
 *
 * @param keys all of the backend's labs, listed before the records were read
 * @param labs those not known to be destroyed; one that the index cannot hold keeps it incomplete
 */
export const completeLiving = (
  store: ObjectStore,
  keys: readonly string[],
  labs: readonly string[],
): Promise<void> =>
  ifPossible(async () => {
    const marked = new Set(keys.flatMap((key) => labOfLivingKey(key) ?? []))
    for (const lab of labs.filter(isLabName)) if (!marked.has(lab)) await markLiving(store, lab)
    if (labs.every(isLabName) && !keys.includes(livingComplete)) await store.create(livingComplete, '')
  })

/** Someone who may only read a backend keeps reading it without the index. */
async function ifPossible(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
  }
}
