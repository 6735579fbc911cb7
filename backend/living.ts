import { BackendError } from './errors.js'
import { newRandomId } from './identity.js'
import { labOfLivingKey, livingComplete, livingKey, livingKeysOf, livingPrefix } from './keys.js'
import { isLabName, type LabName } from './lab-name.js'
import type { ObjectStore } from './store.js'

// The index of living labs. A lab gets an object under a new key before its record says that it lives, and loses those that
// were there before the record said `destroyed`: whoever stops in between leaves one too many, and none is ever missing.

/** Before the record of a lab that is born, or born again. */
export async function markLiving(store: ObjectStore, lab: LabName): Promise<void> {
  await store.create(livingKey(lab, newRandomId()), '')
}

/** What `unmarkLiving` removes: listed before the record says `destroyed`, as a lab born later has another key. */
export const livingMarks = (store: ObjectStore, lab: LabName): Promise<readonly string[]> =>
  store.list(livingKeysOf(lab))

/** Once the record says `destroyed`. What stays costs a read in each listing, and is no reason for a command to fail. */
export const unmarkLiving = (store: ObjectStore, marks: readonly string[]): Promise<void> =>
  ifPossible(async () => {
    for (const mark of marks) await store.discard(mark)
  })

/** The names of all labs that may be living; undefined while the index does not hold them all, or cannot be read. */
export async function namesOfLiving(store: ObjectStore): Promise<readonly string[] | undefined> {
  let keys: readonly string[]
  try {
    keys = await store.list(livingPrefix)
  } catch (error) {
    // Whoever reads everything instead names what is wrong.
    if (error instanceof BackendError && UNREADABLE.includes(error.fault.code)) return undefined
    throw error
  }
  if (!keys.includes(livingComplete)) return undefined
  return [...new Set(keys.flatMap((key) => labOfLivingKey(key) ?? []))]
}

const UNREADABLE: readonly string[] = ['file-refused', 'store-unreadable']

/**
 * Gives the index what it lacks, as far as we may write: labs from before there was one, and its own completeness.
 *
 * @param keys all of the backend's labs, listed before the records were read
 * @param labs those that are not known to be destroyed; one that can't be in the index keeps it incomplete
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

/** Who may only read a backend reads it at the former cost. */
async function ifPossible(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
  }
}
