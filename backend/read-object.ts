import { BackendError, type FileFault } from './errors.js'
import type { ObjectStore, StoredObject } from './store.js'

/** What was found in the place of a plain file, in words. */
export const foundInstead: Readonly<Record<FileFault['found'], string>> = {
  link: 'a symbolic link',
  folder: 'a folder',
  special: 'a pipe, socket or device',
  oversized: 'a file that is far too large',
  guard: 'a lock file that distrolab has not written',
  configuration: 'a configuration of OpenTofu that distrolab has not written',
}

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
