import { askBucket } from './ask-bucket.js'
import type { Bucket, BucketRequest, Condition, StoredText } from './bucket.js'
import { notAListing } from './bucket-answers.js'
import { BackendError } from './errors.js'
import { assertKey, clockKey } from './keys.js'
import { bodyOf, encodeObject } from './object-text.js'
import { usualPatience, type Patience } from './patience.js'
import type { ObjectStore, StoredObject } from './store.js'

/**
 * Objects in a bucket, below a prefix.
 *
 * If the answer to a write was lost, reading back shows whether the write arrived: the text carries a random
 * number of that write (`object-text.ts`). This also settles writes that the server, or something in between,
 * carried out and then repeated: the repetition is refused because the first one succeeded. Every attempt of
 * a write sends the same text under the same condition, so a late attempt either fails or is that same write.
 */
export class BucketStore implements ObjectStore {
  readonly kind: Bucket['kind']
  readonly #patience: Patience
  /** For changes. Nothing interrupts them, because their outcome must be known. */
  readonly #toTheEnd: Patience

  /** `prefix` is empty or ends in a slash. */
  constructor(
    private readonly bucket: Bucket,
    private readonly prefix: string,
    readonly url: string,
    patience: Partial<Patience> = {},
  ) {
    this.kind = bucket.kind
    this.#patience = { ...usualPatience, ...patience }
    this.#toTheEnd = { ...this.#patience, until: undefined }
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const stored = await this.#read(this.#path(key), this.#patience)
    return stored === undefined ? undefined : { body: bodyOf(stored.text), version: stored.version }
  }

  async create(key: string, body: string): Promise<string> {
    return this.#write(key, body, 'absent', new BackendError({ code: 'object-exists', key }))
  }

  async replace(key: string, body: string, version: string): Promise<string> {
    return this.#write(key, body, { version }, new BackendError({ code: 'object-changed', key }))
  }

  /** If an answer was lost and the object is gone, it counts as removed by us: there is no way to tell. */
  async remove(key: string, version: string): Promise<void> {
    const path = this.#path(key)
    let attempts = 0
    const answer = await this.#ask({ operation: 'remove', path }, this.#toTheEnd, (signal) => {
      attempts += 1
      return this.bucket.remove(path, version, signal)
    })
    if (answer === 'removed') return
    if (attempts > 1 && (await this.#read(path, this.#toTheEnd)) === undefined) return
    throw new BackendError({ code: 'object-changed', key })
  }

  async discard(key: string): Promise<void> {
    const path = this.#path(key)
    await this.#ask({ operation: 'remove', path }, this.#toTheEnd, (signal) =>
      this.bucket.discard(path, signal),
    )
  }

  async list(prefix: string): Promise<string[]> {
    const path = this.prefix + prefix
    const keys: string[] = []
    let page: string | undefined
    do {
      const found = await this.#ask({ operation: 'list', path }, this.#patience, async (signal) => {
        const listed = await this.bucket.list(path, page, signal)
        const stranger = listed.keys.find((key) => !key.startsWith(path))
        if (stranger !== undefined) throw notAListing(stranger)
        return listed
      })
      keys.push(...found.keys)
      page = found.next
    } while (page !== undefined)
    return keys.map((key) => key.slice(this.prefix.length)).sort()
  }

  async now(): Promise<Date> {
    const path = this.#path(clockKey)
    return this.#ask({ operation: 'date', path }, this.#patience, (signal) => this.bucket.date(path, signal))
  }

  async #write(key: string, body: string, condition: Condition, lost: BackendError): Promise<string> {
    const path = this.#path(key)
    const text = encodeObject(body)
    try {
      const answer = await this.#ask({ operation: 'write', path }, this.#toTheEnd, (signal) =>
        this.bucket.write(path, text, condition, signal),
      )
      if (answer !== 'refused') return answer.version
    } catch (error) {
      if (!isUnreachable(error)) throw error
      const stored = await this.#read(path, { ...this.#toTheEnd, attempts: 1 }).catch(() => undefined)
      if (stored?.text !== text) throw error
      return stored.version
    }
    const stored = await this.#read(path, this.#toTheEnd)
    if (stored?.text !== text) throw lost
    return stored.version
  }

  #read(path: string, patience: Patience): Promise<StoredText | undefined> {
    return this.#ask({ operation: 'read', path }, patience, (signal) => this.bucket.read(path, signal))
  }

  #ask<T>(
    request: BucketRequest,
    patience: Patience,
    attempt: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return askBucket(this.bucket, request, patience, attempt)
  }

  #path(key: string): string {
    assertKey(key)
    return this.prefix + key
  }
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof BackendError && error.fault.code === 'store-unreachable'
