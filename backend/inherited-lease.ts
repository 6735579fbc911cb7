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
  /** Who works under the lease now, and as which command: what events tell. */
  readonly holder: Holder
  readonly command: string
  /** Milliseconds between two looks at the lease while it is borrowed. */
  readonly lookMs?: number
}

const usualLookMs = 5_000

/**
 * The lease under which a parent command runs us (`DISTROLAB_LEASE`): the same right, renewed and released by the
 * parent alone, and asked of the store before every change. It is over as soon as anybody could take it over: a
 * parent that is gone renews nothing. Throws BackendError `lease-token-refused` when it is over already.
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
  // A store that can't be read proves no loss; whoever changes something next is told of it.
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
