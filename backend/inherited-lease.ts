import { BackendError } from './errors.js'
import type { Lease } from './lease.js'
import { holderFields, leaseLost, readLeaseDocument, takeoverReason } from './lease-document.js'
import type { LeaseDocument } from './lease-schema.js'
import type { LeaseToken } from './lease-token.js'
import type { Holder } from './record-schema.js'
import { readStoreClock } from './store-clock.js'
import type { ObjectStore } from './store.js'

export interface InheritRequest {
  readonly token: LeaseToken
  /** Who works under the lease now, and as which command; events say this. */
  readonly holder: Holder
  readonly command: string
  /** Milliseconds between two checks of a borrowed lease. */
  readonly lookMs?: number
}

const usualLookMs = 5_000

/**
 * The lease of the parent command that started us (`DISTROLAB_LEASE`). It gives the same right, but only the
 * parent renews and releases it, and the store is asked before every change. It ends as soon as anyone could
 * take it over, because a parent that is gone renews nothing. Throws BackendError `lease-token-refused` if it
 * has already ended.
 */
export async function inheritLease(store: ObjectStore, request: InheritRequest): Promise<Lease> {
  const { token, holder, command } = request
  const { lab, fence } = token
  const lent = await lookAt(store, token)
  if ('field' in lent) throw new BackendError({ code: 'lease-token-refused', ...lent })
  const clock = await readStoreClock(store)
  const lost = new AbortController()
  const assertHeld = async (): Promise<void> => {
    lost.signal.throwIfAborted()
    const now = await lookAt(store, token)
    if (!('field' in now)) return
    lost.abort(leaseLost(lab, `the command that lent it no longer holds it (${now.got})`))
    lost.signal.throwIfAborted()
  }
  // An unreadable store does not prove that the lease is lost; the next change reports the error.
  const look = (): void => void assertHeld().catch(() => undefined)
  const timer = setInterval(look, request.lookMs ?? usualLookMs).unref()
  return {
    lab,
    fence,
    holder,
    command,
    since: lent.document.since,
    lost: lost.signal,
    lentBy: holderFields(lent.document, lent.holder),
    storeTime: () => clock.now(),
    assertHeld,
    release: async () => clearInterval(timer),
  }
}

interface Lent {
  readonly document: LeaseDocument
  readonly holder: Holder
}

interface Over {
  readonly field: 'fence' | 'holder'
  readonly expected: string
  readonly got: string
}

async function lookAt(store: ObjectStore, { lab, fence }: LeaseToken): Promise<Lent | Over> {
  const document = (await readLeaseDocument(store, lab))?.document
  if (document?.fence !== fence) {
    return { field: 'fence', expected: String(document?.fence ?? 'none'), got: String(fence) }
  }
  const { holder } = document
  const expected = 'a living holder'
  if (holder === null) return { field: 'holder', expected, got: 'none: it was released' }
  const gone = await takeoverReason(store, holder, document.expiresAt)
  if (gone === null) return { document, holder }
  const got = gone === 'expired' ? `one that no longer renews it` : `one whose process is dead`
  return { field: 'holder', expected, got: `${got}: ${holder.user}@${holder.host}, pid ${holder.pid}` }
}
