import { randomBytes } from 'node:crypto'
import { BackendError } from './errors.js'
import type { BackendIdentity } from './identity-schema.js'
import { identityKey } from './keys.js'
import type { ObjectStore } from './store.js'
import { findProblems } from './validate.js'

/** An id of a backend or of one life of a lab, in the form of `randomId`. */
export const newRandomId = (): string => randomBytes(6).toString('hex')

/**
 * The backend's id; undefined if nothing has been made from it yet. Throws BackendError
 * `identity-unreadable`.
 */
export async function readBackendId(store: ObjectStore): Promise<string | undefined> {
  const object = await store.get(identityKey)
  if (object === undefined) return undefined
  const checked = findProblems('identity', object.body, identityKey)
  if (checked.problems === undefined) return checked.document.id
  throw new BackendError({ code: 'identity-unreadable', place: identityKey, problems: checked.problems })
}

/** The same, created if there is none. If several commands create one at once, the first counts for all. */
export async function ensureBackendId(store: ObjectStore): Promise<string> {
  const known = await readBackendId(store)
  if (known !== undefined) return known
  const identity: BackendIdentity = { id: newRandomId(), createdAt: (await store.now()).toISOString() }
  try {
    await store.create(identityKey, `${JSON.stringify(identity, null, 2)}\n`)
    return identity.id
  } catch (error) {
    if (!(error instanceof BackendError && error.fault.code === 'object-exists')) throw error
    return (await readBackendId(store)) ?? identity.id
  }
}
