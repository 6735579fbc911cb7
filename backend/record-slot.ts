import { BackendError } from './errors.js'
import { storeEvent } from './events.js'
import { recordKey } from './keys.js'
import type { AnyLab } from './lab.js'
import { toAnyLab } from './lab.js'
import type { State } from './lab-state.js'
import type { Lease } from './lease.js'
import { leaseLost, readLeaseDocument } from './lease-document.js'
import { livingMarks, markLiving, unmarkLiving } from './living.js'
import { stamped, withCommand, type WriteContext } from './record-change.js'
import { encodeRecord, readRecord, type StoredLab } from './record.js'
import type { LabEvent, LabRecord } from './record-schema.js'
import type { ObjectStore } from './store.js'

/** How often a write is rebuilt because a command under the same lease wrote in between. */
const maxAttempts = 5

export type Change<L extends LabRecord> = (lab: AnyLab, context: WriteContext) => L

/**
 * One lab's record under one lease. Every write of a record passes here: it calls `assertHeld` first, is a
 * compare-and-set, and carries the fence. A writer that finds a greater fence has lost the lease.
 */
export class RecordSlot {
  #stored: StoredLab | undefined
  /** Already in the record, but perhaps not yet an object of its own. */
  #unstoredEvent: LabEvent | undefined

  constructor(
    private readonly store: ObjectStore,
    private readonly lease: Lease,
    private readonly onEvent: (event: LabEvent) => void,
  ) {}

  get lab(): AnyLab | undefined {
    return this.#stored?.lab
  }

  /** Loads the record and, under a new lease, claims it; after that, no earlier holder can write it. */
  async open(): Promise<void> {
    await this.#load()
    this.#unstoredEvent = this.lab?.lastEvent ?? undefined
    if (this.lab !== undefined && this.lab.fence < this.lease.fence) {
      await this.replace((lab, { lease }) => withCommand(lab, lease))
    }
  }

  /** Writes a first record. Throws `object-exists` if there is one. */
  async create<L extends LabRecord>(build: (context: WriteContext) => L): Promise<L> {
    await this.lease.assertHeld()
    await markLiving(this.store, this.lease.lab)
    await this.#assertUnbroken()
    const record = build({ lease: this.lease, at: this.lease.storeTime().toISOString() })
    const lab = toAnyLab(record)
    this.#stored = { lab, version: await this.store.create(recordKey(this.lease.lab), encodeRecord(lab)) }
    await this.#publish(record.lastEvent)
    return record
  }

  async replace<L extends LabRecord>(change: Change<L>): Promise<L> {
    for (let attempt = 1; ; attempt++) {
      await this.lease.assertHeld()
      if (this.#stored === undefined) throw leaseLost(this.lease.lab, 'its record does not exist')
      await this.#storeEvent()
      const context = { lease: this.lease, at: laterOf(this.lease.storeTime(), this.#stored.lab.updatedAt) }
      const former = this.#stored
      const record = stamped(change(former.lab, context), context)
      const turn = turnOf(former.lab.state, record.state)
      if (turn === 'born') await markLiving(this.store, this.lease.lab)
      const marks = turn === 'destroyed' ? await livingMarks(this.store, this.lease.lab) : []
      if (await this.#tryReplace(toAnyLab(record), former.version, attempt)) {
        if (record.eventCount > former.lab.eventCount) await this.#publish(record.lastEvent)
        await unmarkLiving(this.store, marks)
        return record
      }
    }
  }

  /** False: another command under this lease, or an earlier holder before our claim, wrote in between. */
  async #tryReplace(lab: AnyLab, version: string, attempt: number): Promise<boolean> {
    try {
      const key = recordKey(this.lease.lab)
      this.#stored = { lab, version: await this.store.replace(key, encodeRecord(lab), version) }
      return true
    } catch (error) {
      if (!(error instanceof BackendError && error.fault.code === 'object-changed')) throw error
      await this.#load()
      if (this.lab?.revision === lab.revision) return true
      if (attempt >= maxAttempts) throw error
      this.#unstoredEvent = this.lab?.lastEvent ?? undefined
      return false
    }
  }

  /** Without a record there is no fence that could stop us, so ask the lease itself. */
  async #assertUnbroken(): Promise<void> {
    const { lab, fence } = this.lease
    const stored = await readLeaseDocument(this.store, lab)
    if (stored?.document.fence !== fence) throw leaseLost(lab, 'someone else took it over')
  }

  async #load(): Promise<void> {
    const stored = await readRecord(this.store, this.lease.lab)
    if (stored !== undefined && stored.lab.fence > this.lease.fence) {
      throw leaseLost(this.lease.lab, `a newer lease has written its record (${stored.lab.fence})`)
    }
    this.#stored = stored
  }

  async #publish(event: LabEvent | null): Promise<void> {
    if (event === null) return
    this.#unstoredEvent = event
    this.onEvent(event)
    await this.#storeEvent()
  }

  async #storeEvent(): Promise<void> {
    if (this.#unstoredEvent === undefined) return
    await storeEvent(this.store, this.lease.lab, this.#unstoredEvent)
    this.#unstoredEvent = undefined
  }
}

/** What a write means for the index of living labs. */
function turnOf(from: State, to: State): 'born' | 'destroyed' | undefined {
  if (from === to) return undefined
  if (to === 'destroyed') return 'destroyed'
  return from === 'destroyed' ? 'born' : undefined
}

function laterOf(time: Date, iso: string): string {
  const candidate = time.toISOString()
  return candidate > iso ? candidate : iso
}
