import { BackendError, type LeaseHolderFields } from './errors.js'
import { shown } from './forms.js'
import { leaseKey, type Leasable } from './keys.js'
import type { LeaseDocument } from './lease-schema.js'
import { livenessOf } from './process-identity.js'
import { clockErrorMs } from './store-clock.js'
import type { Holder } from './record-schema.js'
import { readObject } from './read-object.js'
import type { ObjectStore } from './store.js'
import { formatDocument, parseDocument } from './validate.js'

/** Why a lease may be taken from its holder: the only two proofs that the holder is gone. */
export type TakeoverReason = 'holder-dead' | 'expired'

export interface StoredLease {
  readonly document: LeaseDocument
  readonly version: string
}

export async function readLeaseDocument(store: ObjectStore, lab: Leasable): Promise<StoredLease | undefined> {
  const key = leaseKey(lab)
  const object = await readObject(store, key, lab)
  if (object === undefined) return undefined
  const document = parseDocument('lease', object.body, lab, key)
  if (document.lab === lab) return { document, version: object.version }
  const problems = [`${key}: /lab expected ${shown(lab)}, got ${shown(document.lab)}`]
  throw new BackendError({ code: 'record-unreadable', lab, place: key, problems })
}

/** Throws BackendError `record-unwritable`. */
export const encodeLease = (document: LeaseDocument): string =>
  formatDocument('lease', document, document.lab)

/**
 * The proof that `holder` is gone, or null while it may be alive. Asks the store's clock only if needed. The
 * clock may have been read late for the lease and early for us; without the margin, a holder that counts on
 * its full time could be taken over up to a second too soon.
 */
export async function takeoverReason(
  store: ObjectStore,
  holder: Holder,
  expiresAt: string,
): Promise<TakeoverReason | null> {
  if (livenessOf(holder) === 'dead') return 'holder-dead'
  return (await store.now()).getTime() >= Date.parse(expiresAt) + clockErrorMs ? 'expired' : null
}

export interface LeaseStatus {
  readonly document: LeaseDocument
  /** null: released. */
  readonly holder: Holder | null
  /**
   * The proof by which the next command would take it over; null if it is released or its holder may be
   * alive.
   */
  readonly takeover: TakeoverReason | null
}

/** The holder of a lab's lease; undefined if it was never taken. Throws `record-unreadable` for garbage. */
export async function readLease(store: ObjectStore, lab: Leasable): Promise<LeaseStatus | undefined> {
  const stored = await readLeaseDocument(store, lab)
  if (stored === undefined) return undefined
  const { document } = stored
  const { holder } = document
  const takeover = holder === null ? null : await takeoverReason(store, holder, document.expiresAt)
  return { document, holder, takeover }
}

export const holderFields = (document: LeaseDocument, holder: Holder): LeaseHolderFields => ({
  user: holder.user,
  host: holder.host,
  pid: holder.pid,
  command: document.command,
  ciRunUrl: holder.ciRunUrl,
  since: document.since,
})

export const leaseLost = (lab: Leasable, reason: string, cause?: unknown): BackendError =>
  new BackendError({ code: 'lease-lost', lab, reason }, { cause })
