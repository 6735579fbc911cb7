import { BackendError } from './errors.js'
import { foundInstead } from './plain-file.js'
import type { ObjectStore, StoredObject } from './store.js'

/**
 * What a store keeps of a lab or an image under a key. What can't be its document, like a link, is told as one that can't
 * be read, so that it hides no other. Throws BackendError `record-unreadable`.
 */
export async function readObject(
  store: ObjectStore,
  key: string,
  owner: string,
): Promise<StoredObject | undefined> {
  try {
    return await store.get(key)
  } catch (error) {
    if (!(error instanceof BackendError && error.fault.code === 'file-refused')) throw error
    const { place, found } = error.fault
    const problems = [`${place}: expected a plain file, got ${foundInstead[found]}`]
    throw new BackendError({ code: 'record-unreadable', lab: owner, place: key, problems }, { cause: error })
  }
}
