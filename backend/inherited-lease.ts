import { isLabName, type LabName } from './lab-name.js'
import type { Lease } from './lease.js'
import { leaseLost, readLeaseDocument } from './lease-document.js'
import { readStoreClock } from './store-clock.js'
import type { ObjectStore } from './store.js'

/** The lab a lease token speaks of; undefined when the text is no token. */
export function labOfLeaseToken(token: string): LabName | undefined {
  const lab = /^(.+):\d+$/.exec(token)?.[1]
  return lab !== undefined && isLabName(lab) ? lab : undefined
}

/**
 * The lease under which a parent command runs us (`DISTROLAB_LEASE`): the same right, renewed and released
 * by the parent alone. Throws BackendError `lease-lost` when the parent no longer holds it.
 */
export async function inheritLease(store: ObjectStore, lab: LabName, token: string): Promise<Lease> {
  const lost = new AbortController()
  const current = async () => {
    const document = (await readLeaseDocument(store, lab))?.document
    if (document !== undefined && document.holder !== null && token === `${lab}:${document.fence}`) {
      return { ...document, holder: document.holder }
    }
    const error = leaseLost(lab, 'the command that lent it holds it no longer')
    if (!lost.signal.aborted) lost.abort(error)
    throw error
  }
  const { fence, holder, command, since } = await current()
  const clock = await readStoreClock(store)
  return {
    lab,
    fence,
    holder,
    command,
    since,
    token,
    lost: lost.signal,
    storeTime: () => clock.now(),
    assertHeld: async () => {
      lost.signal.throwIfAborted()
      await current()
    },
    release: async () => undefined,
  }
}
