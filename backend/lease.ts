import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { BackendError, type LeaseHolderFields } from './errors.js'
import { HeldLease } from './held-lease.js'
import { isImageName } from './image-name.js'
import { leaseKey, type Leasable } from './keys.js'
import type { LabName } from './lab-name.js'
import {
  encodeLease,
  holderFields,
  readLeaseDocument,
  takeoverReason,
  type StoredLease,
  type TakeoverReason,
} from './lease-document.js'
import type { LeaseDocument } from './lease-schema.js'
import { readRecord } from './record.js'
import type { Holder } from './record-schema.js'
import type { ObjectStore } from './store.js'

/** All in milliseconds. */
export interface LeaseTiming {
  readonly heartbeatMs: number
  readonly validMs: number
  /** The longest pause between two looks at someone else's lease. */
  readonly pollMs: number
}

const usualTiming: LeaseTiming = { heartbeatMs: 15_000, validMs: 60_000, pollMs: 500 }

/**
 * Who lost the lease to us, and by which proof; `broken`: a holder that may be alive, by a person's decision.
 */
export interface FormerHolder extends LeaseHolderFields {
  readonly reason: TakeoverReason | 'broken'
}

/** The right to change one lab, or one image at a provider. */
export interface Lease<Owner extends Leasable = LabName> {
  readonly lab: Owner
  readonly fence: number
  readonly holder: Holder
  readonly command: string
  /** ISO time by the store's clock. */
  readonly since: string
  readonly tookOverFrom?: FormerHolder
  /** The holder that lets us work under its lease; absent if the lease is our own. */
  readonly lentBy?: LeaseHolderFields
  /** Aborts, with the BackendError `lease-lost` as its reason, as soon as the loss is known. */
  readonly lost: AbortSignal
  /** The store's clock, without a request. */
  storeTime(): Date
  /** Returns while the lease is ours, then throws BackendError `lease-lost`. Call it before every change. */
  assertHeld(): Promise<void>
  /** Releases the lease, once; a lost one is left to its new holder. */
  release(): Promise<void>
}

export interface LeaseRequest {
  readonly holder: Holder
  readonly command: string
  /** How long to wait for a living holder; 0 = one look. */
  readonly waitMs: number
  /** Called once for each holder that is waited for. */
  readonly onWait?: (holder: LeaseHolderFields) => void
  /** Ends the waiting by throwing its reason. */
  readonly signal?: AbortSignal
  /** Takes the lease with this fence from its holder, even a living one, because a person decided so. */
  readonly breakFence?: number
  /** For tests. */
  readonly timing?: Partial<LeaseTiming>
}

/**
 * Takes a lab's lease and keeps renewing it until it is released. Throws BackendError `lease-held` with the
 * holder if a living one keeps it longer than `waitMs`.
 */
export async function acquireLease<Owner extends Leasable>(
  store: ObjectStore,
  lab: Owner,
  request: LeaseRequest,
): Promise<Lease<Owner>> {
  const timing = { ...usualTiming, ...request.timing }
  const deadline = performance.now() + request.waitMs
  let waitedFor: number | undefined
  for (;;) {
    request.signal?.throwIfAborted()
    const stored = await readLeaseDocument(store, lab)
    const obstacle = await obstacleIn(store, stored)
    const isBroken = obstacle !== undefined && obstacle.document.fence === request.breakFence
    if (obstacle === undefined || obstacle.reason !== null || isBroken) {
      const lease = await claim(store, lab, request, timing, stored, obstacle)
      if (lease !== undefined) return lease
      continue
    }
    const { document, fields } = obstacle
    if (performance.now() >= deadline) {
      throw new BackendError({ code: 'lease-held', lab, holder: fields, expiresAt: document.expiresAt })
    }
    if (waitedFor !== document.fence) request.onWait?.(fields)
    waitedFor = document.fence
    const pause = timing.pollMs * (0.3 + Math.random() * 0.7)
    await sleep(Math.min(pause, deadline - performance.now()), undefined, { signal: request.signal }).catch(
      (error: unknown) => {
        request.signal?.throwIfAborted()
        throw error
      },
    )
  }
}

interface Obstacle {
  readonly document: LeaseDocument
  readonly fields: LeaseHolderFields
  /** null: the holder may be alive. */
  readonly reason: TakeoverReason | null
}

async function obstacleIn(
  store: ObjectStore,
  stored: StoredLease | undefined,
): Promise<Obstacle | undefined> {
  if (stored === undefined || stored.document.holder === null) return undefined
  const { document } = stored
  const { holder, expiresAt } = stored.document
  const reason = await takeoverReason(store, holder, expiresAt)
  return { document, fields: holderFields(document, holder), reason }
}

function takenFrom(obstacle: Obstacle | undefined): { readonly tookOverFrom?: FormerHolder } {
  if (obstacle === undefined) return {}
  return { tookOverFrom: { ...obstacle.fields, reason: obstacle.reason ?? 'broken' } }
}

/**
 * If there is no lease, because a broken one was moved away by hand, older holders must not count as newer.
 */
async function recordedFence(store: ObjectStore, lab: Leasable): Promise<number> {
  if (isImageName(lab)) return 0
  try {
    return (await readRecord(store, lab))?.lab.fence ?? 0
  } catch (error) {
    // Such a record is never overwritten, so a fence that is too low harms no one.
    if (error instanceof BackendError && error.fault.code === 'record-unreadable') return 0
    throw error
  }
}

/** Undefined: someone else was faster. */
async function claim<Owner extends Leasable>(
  store: ObjectStore,
  lab: Owner,
  request: LeaseRequest,
  timing: LeaseTiming,
  former: StoredLease | undefined,
  obstacle: Obstacle | undefined,
): Promise<Lease<Owner> | undefined> {
  const asked = { monotonic: performance.now(), wall: Date.now() }
  const now = await store.now()
  const document = {
    lab,
    fence: (former?.document.fence ?? (await recordedFence(store, lab))) + 1,
    holder: request.holder,
    command: request.command,
    since: now.toISOString(),
    renewedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + timing.validMs).toISOString(),
    revision: randomUUID(),
  }
  try {
    const body = encodeLease(document)
    const version =
      former === undefined
        ? await store.create(leaseKey(lab), body)
        : await store.replace(leaseKey(lab), body, former.version)
    return new HeldLease(store, lab, timing, { document, version, asked }, takenFrom(obstacle))
  } catch (error) {
    const code = error instanceof BackendError ? error.fault.code : undefined
    if (code === 'object-exists' || code === 'object-changed') return undefined
    throw error
  }
}
