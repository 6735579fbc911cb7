import type { BackendError } from './errors.js'

/** What a store keeps under a key. */
export interface StoredObject {
  readonly body: string
  /** Opaque. Changes with every write, also when the very same body is written again. */
  readonly version: string
}

/** Given the `store-unreadable` of a folder, such as `labs/web/`. Only a directory has them: a bucket is read whole. */
export type Skipped = (folder: string, error: BackendError) => void

export type StoreKind = 'directory' | 's3' | 'gcs'

/**
 * A few small text objects with compare-and-set: the only thing records, leases and events are built on.
 *
 * Keys are `/`-separated segments of letters, digits, `.`, `_`, `-`; none starts with a dot.
 * Every method may throw BackendError `key-invalid` and `store-unreadable` (reads) or `store-unwritable`
 * (writes and `now`); a store in a bucket also what `BucketFault` lists. Of all writers that race for one key and version exactly one wins; a write that
 * returned survives a power cut; a failed one leaves the former object, whole.
 */
export interface ObjectStore {
  readonly kind: StoreKind
  /** The backend URL this store was opened from, for messages. */
  readonly url: string
  /** The object, or undefined when there is none. */
  get(key: string): Promise<StoredObject | undefined>
  /** Writes an object that must not exist yet and returns its version. Throws `object-exists`. */
  create(key: string, body: string): Promise<string>
  /** Writes over exactly that version and returns the new one. Throws `object-changed`, also when it is gone. */
  replace(key: string, body: string, version: string): Promise<string>
  /** Removes exactly that version. Throws `object-changed`, also when it is gone. */
  remove(key: string, version: string): Promise<void>
  /** Removes whatever is there, if anything is: for keys that are never written twice, as servers without conditions do too. */
  discard(key: string): Promise<void>
  /**
   * All keys that start with `prefix`, sorted by code unit. A folder below it that cannot be read is told to `skipped`,
   * as a prefix; without that it ends the listing.
   */
  list(prefix: string, skipped?: Skipped): Promise<string[]>
  /**
   * The store's clock, not this computer's: the one by which leases expire. Never ahead of the true one, and
   * behind it by less than `clockErrorMs` of `store-clock.ts`.
   */
  now(): Promise<Date>
}
