import { BackendError } from './errors.js'
import { foundInstead } from './plain-file.js'
import type { ObjectStore, StoredObject } from './store.js'

/**
 * A lab's or an image's document under a key. Anything that cannot be a document, such as a link, is reported
 * as unreadable, so that it hides no other. Throws BackendError `record-unreadable`.
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
