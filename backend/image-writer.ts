import { randomUUID } from 'node:crypto'
import type { ImageName } from './image-name.js'
import { encodeImageRecord, readImageRecord, type StoredImage } from './image-record.js'
import type { ImageRecord } from './image-record-schema.js'
import { imageRecordKey } from './keys.js'
import type { Lease } from './lease.js'
import type { ObjectStore } from './store.js'

type Stamp = 'updatedAt' | 'createdAt' | 'holder' | 'revision'

/** What a command says of an image; the rest is kept by the writer. */
export type ImageFacts = Omit<ImageRecord, Stamp>

/**
 * The single place that changes an image's record, under its lease. Every write asks the lease first and is a
 * compare-and-set: whoever lost the lease writes nothing more. One write at a time.
 */
export class ImageWriter {
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly store: ObjectStore,
    private readonly lease: Lease<ImageName>,
    private stored: StoredImage | undefined,
  ) {}

  static async open(store: ObjectStore, lease: Lease<ImageName>): Promise<ImageWriter> {
    return new ImageWriter(store, lease, await readImageRecord(store, lease.lab))
  }

  /** As last written or loaded; undefined while there is none. */
  get record(): ImageRecord | undefined {
    return this.stored?.record
  }

  /** The intent, before anything is made. Throws `object-exists`. */
  create(facts: ImageFacts): Promise<ImageRecord> {
    return this.#inTurn(async (at) => {
      const record = { ...facts, ...this.#stamp(at), createdAt: at }
      const version = await this.store.create(imageRecordKey(this.lease.lab), encodeImageRecord(record))
      this.stored = { record, version }
      return record
    })
  }

  update(change: Partial<ImageFacts>): Promise<ImageRecord> {
    return this.#inTurn(async (at) => {
      const { record: former, version } = this.#present()
      const record = { ...former, ...change, ...this.#stamp(at) }
      const key = imageRecordKey(this.lease.lab)
      this.stored = { record, version: await this.store.replace(key, encodeImageRecord(record), version) }
      return record
    })
  }

  /** The image is gone for good, and nobody will ask for it. */
  remove(): Promise<void> {
    return this.#inTurn(async () => {
      await this.store.remove(imageRecordKey(this.lease.lab), this.#present().version)
      this.stored = undefined
    })
  }

  #present(): StoredImage {
    if (this.stored === undefined) throw new TypeError('there is no record to change')
    return this.stored
  }

  #stamp(updatedAt: string): Pick<ImageRecord, Exclude<Stamp, 'createdAt'>> {
    const { user, host, pid } = this.lease.holder
    return { updatedAt, holder: { user, host, pid }, revision: randomUUID() }
  }

  #inTurn<T>(write: (at: string) => Promise<T>): Promise<T> {
    const turn = async (): Promise<T> => {
      await this.lease.assertHeld()
      return write(this.lease.storeTime().toISOString())
    }
    const done = this.#queue.then(turn, turn)
    // Its caller is told of a failure; the queue only waits for the end.
    this.#queue = done.catch(() => undefined)
    return done
  }
}
