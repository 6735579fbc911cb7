import type { BackendError } from './errors.js'

/** What a store keeps under a key. */
export interface StoredObject {
  readonly body: string
  /** Opaque. Changes with every write, even if the same body is written again. */
  readonly version: string
}

/**
 * Given the `store-unreadable` of a folder, such as `labs/web/`. Only a directory has them: a bucket is read
 * whole.
 */
export type Skipped = (folder: string, error: BackendError) => void

export type StoreKind = 'directory' | 's3' | 'gcs'

/**
 * A few small text objects with compare-and-set; records, leases and events are built on nothing else.
 *
 * Keys are `/`-separated segments of letters, digits, `.`, `_`, `-`; none starts with a dot. Every method may
 * throw BackendError `key-invalid` and `store-unreadable` (reads) or `store-unwritable` (writes and `now`); a
 * store in a bucket may also throw what `BucketFault` lists. If several writers race for one key and version,
 * exactly one wins. A write that returned survives a power cut; a failed one leaves the previous object
 * whole.
 */
export interface ObjectStore {
  readonly kind: StoreKind
  /** The backend URL this store was opened from, for messages. */
  readonly url: string
  /** The object, or undefined if there is none. */
  get(key: string): Promise<StoredObject | undefined>
  /** Writes a new object and returns its version. Throws `object-exists`. */
  create(key: string, body: string): Promise<string>
  /**
   * Replaces exactly that version and returns the new one. Throws `object-changed`, also if the object is
   * gone.
   */
  replace(key: string, body: string, version: string): Promise<string>
  /** Removes exactly that version. Throws `object-changed`, also if the object is gone. */
  remove(key: string, version: string): Promise<void>
  /**
   * Removes the object, if there is one. For keys that are never written twice; servers without conditions
   * can do it too.
   */
  discard(key: string): Promise<void>
  /**
   * All keys that start with `prefix`, sorted by code unit. An unreadable folder below it is passed to
   * `skipped`, as a prefix; without `skipped` it ends the listing.
   */
  list(prefix: string, skipped?: Skipped): Promise<string[]>
  /**
   * The store's clock, not this computer's: leases expire by it. Never ahead of the true time, and behind it
   * by less than `clockErrorMs` of `store-clock.ts`.
   */
  now(): Promise<Date>
}
