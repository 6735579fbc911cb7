import { randomUUID } from 'node:crypto'
import { cleanText } from './clean-text.js'
import type { ImageName } from './image-name.js'
import { encodeImageRecord, readStoredImage, type StoredImage } from './image-record.js'
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
    return new ImageWriter(store, lease, await readStoredImage(store, lease.lab))
  }

  /** As last written or loaded; undefined while there is none, and once it is forgotten. */
  get record(): ImageRecord | undefined {
    return this.stored?.record.state === 'forgotten' ? undefined : this.stored?.record
  }

  get engineRecord(): Pick<ImageRecord, 'provider' | 'engine'> | undefined {
    return this.record
  }

  /** Writes the intent before anything is made; replaces the record of a forgotten image. */
  create(facts: ImageFacts): Promise<ImageRecord> {
    return this.#inTurn((at) => this.#write({ ...facts, ...this.#stamp(at), createdAt: at }))
  }

  update(change: Partial<ImageFacts>): Promise<ImageRecord> {
    return this.#inTurn((at) => {
      if (this.stored === undefined) throw new TypeError('there is no record to change')
      return this.#write({ ...this.stored.record, ...change, ...this.#stamp(at) })
    })
  }

  /** As `update`: of an image nothing waits for the next write. */
  defer(change: Partial<ImageFacts>): Promise<ImageRecord> {
    return this.update(change)
  }

  async #write(given: ImageRecord): Promise<ImageRecord> {
    const { failure } = given
    const record =
      failure === null ? given : { ...given, failure: { ...failure, message: cleanText(failure.message) } }
    const [key, body] = [imageRecordKey(this.lease.lab), encodeImageRecord(record)]
    const version =
      this.stored === undefined
        ? await this.store.create(key, body)
        : await this.store.replace(key, body, this.stored.version)
    this.stored = { record, version }
    return record
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
