import { randomUUID } from 'node:crypto'
import { BackendError } from './errors.js'
import { leaseKey, type Leasable } from './keys.js'
import type { LabName } from './lab-name.js'
import type { FormerHolder, Lease, LeaseTiming } from './lease.js'
import { encodeLease, leaseLost, readLeaseDocument } from './lease-document.js'
import type { LeaseDocument } from './lease-schema.js'
import type { Holder } from './record-schema.js'
import type { ObjectStore } from './store.js'

type HeldDocument = LeaseDocument & { readonly holder: Holder }

/** A write of the lease that succeeded. `asked` is from before the store's clock was read for it. */
interface Renewal {
  readonly document: HeldDocument
  readonly version: string
  /** Both in milliseconds. The monotonic clock stops while the computer sleeps; the wall clock jumps. */
  readonly asked: { readonly monotonic: number; readonly wall: number }
}

/** Made by `acquireLease`. */
export class HeldLease<Owner extends Leasable = LabName> implements Lease<Owner> {
  readonly tookOverFrom?: FormerHolder
  readonly #lost = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #renewing: Promise<void> | undefined
  #isReleased = false
  /** A write that failed or is still running. */
  #attempt: Omit<Renewal, 'version'> | undefined

  constructor(
    private readonly store: ObjectStore,
    readonly lab: Owner,
    private readonly timing: LeaseTiming,
    private last: Renewal,
    from: { readonly tookOverFrom?: FormerHolder },
  ) {
    if (from.tookOverFrom !== undefined) this.tookOverFrom = from.tookOverFrom
    this.#schedule(timing.heartbeatMs)
  }

  get fence(): number {
    return this.last.document.fence
  }
  get holder(): Holder {
    return this.last.document.holder
  }
  get command(): string {
    return this.last.document.command
  }
  get since(): string {
    return this.last.document.since
  }
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  storeTime(): Date {
    const { document, asked } = this.last
    return new Date(Date.parse(document.renewedAt) + (performance.now() - asked.monotonic))
  }

  async assertHeld(): Promise<void> {
    this.lost.throwIfAborted()
    if (this.#isReleased) throw leaseLost(this.lab, 'it was released')
    if (this.#sinceRenewal() <= this.timing.validMs) return
    try {
      await this.#renew()
    } catch (error) {
      throw this.#lose(
        `it was not renewed in time, and the store could not confirm it: ${String(error)}`,
        error,
      )
    }
  }

  async release(): Promise<void> {
    if (this.#isReleased) return
    this.#isReleased = true
    clearTimeout(this.#timer)
    await this.#renewing?.catch(() => undefined)
    if (this.lost.aborted) return
    await this.#settle()
    const now = this.storeTime().toISOString()
    const document = {
      ...this.last.document,
      holder: null,
      renewedAt: now,
      expiresAt: now,
      revision: randomUUID(),
    }
    try {
      await this.store.replace(leaseKey(this.lab), encodeLease(document), this.last.version)
    } catch (error) {
      if (!isChanged(error)) throw error
      this.#lose('someone else took it over', error)
    }
  }

  #sinceRenewal(): number {
    const { monotonic, wall } = this.last.asked
    return Math.max(performance.now() - monotonic, Date.now() - wall)
  }

  /** Renewals never keep the process alive. */
  #schedule(ms: number): void {
    this.#timer = setTimeout(() => void this.#beat(), ms).unref()
  }

  async #beat(): Promise<void> {
    try {
      await this.#renew()
      if (!this.#isReleased) this.#schedule(this.timing.heartbeatMs)
    } catch (error) {
      if (this.#isReleased || this.lost.aborted) return
      if (this.#sinceRenewal() > this.timing.validMs)
        this.#lose(`it could not be renewed: ${String(error)}`, error)
      else this.#schedule(Math.min(this.timing.heartbeatMs, this.timing.validMs / 20))
    }
  }

  #renew(): Promise<void> {
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #renewOnce(): Promise<void> {
    await this.#settle()
    const asked = { monotonic: performance.now(), wall: Date.now() }
    const now = await this.store.now()
    const document = {
      ...this.last.document,
      renewedAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + this.timing.validMs).toISOString(),
      revision: randomUUID(),
    }
    this.#attempt = { document, asked }
    try {
      const version = await this.store.replace(leaseKey(this.lab), encodeLease(document), this.last.version)
      this.last = { document, version, asked }
      this.#attempt = undefined
    } catch (error) {
      if (isChanged(error)) throw this.#lose('someone else took it over', error)
      throw error
    }
  }

  /** Finds out whether a write that got an error is in the store anyway. */
  async #settle(): Promise<void> {
    if (this.#attempt === undefined) return
    const stored = await readLeaseDocument(this.store, this.lab)
    if (stored?.document.revision === this.#attempt.document.revision) {
      this.last = { ...this.#attempt, version: stored.version }
    }
    this.#attempt = undefined
  }

  #lose(reason: string, cause: unknown): BackendError {
    clearTimeout(this.#timer)
    const error = leaseLost(this.lab, reason, cause)
    if (!this.lost.aborted) this.#lost.abort(error)
    return error
  }
}

const isChanged = (error: unknown): boolean =>
  error instanceof BackendError && error.fault.code === 'object-changed'
