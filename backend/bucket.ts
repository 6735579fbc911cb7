import type { BackendFault } from './errors.js'

/** An object as a bucket holds it: the text of `object-text.ts`, and what the bucket calls this version of it. */
export interface StoredText {
  readonly text: string
  readonly version: string
}

/** What a write expects to find: nothing, or exactly that version. */
export type Condition = 'absent' | { readonly version: string }

/** One page of keys, in the bucket's order; `next` leads to the next one. */
export interface KeyPage {
  readonly keys: readonly string[]
  readonly next?: string
}

export interface BucketRequest {
  readonly operation: 'read' | 'write' | 'remove' | 'list' | 'date'
  /** In the bucket, prefix included; empty for the bucket itself. */
  readonly path: string
  /** The right that this request needs, as the provider names it; absent: the operation's usual right. */
  readonly permission?: string
}

/** The meaning of a failed request; a `passing` failure is worth another try. */
export type Trouble =
  | { readonly kind: 'passing'; readonly reason: string }
  | { readonly kind: 'lasting'; readonly fault: BackendFault }

/**
 * The requests that a bucket store is built on, one attempt each. S3 and GCS differ in nothing else. Paths
 * are whole object names. `signal` ends a request that takes too long.
 */
export interface Bucket {
  readonly kind: 's3' | 'gcs'
  /** For messages: the place of an object. */
  place(path: string): string
  /** For messages: the server. */
  readonly endpoint: string
  read(path: string, signal: AbortSignal): Promise<StoredText | undefined>
  /** The new version, or `refused`: the condition does not hold. */
  write(path: string, text: string, condition: Condition, signal: AbortSignal): Promise<WriteAnswer>
  remove(path: string, version: string, signal: AbortSignal): Promise<'removed' | 'refused'>
  /** Removes the object; succeeds if there is none. */
  discard(path: string, signal: AbortSignal): Promise<void>
  list(prefix: string, page: string | undefined, signal: AbortSignal): Promise<KeyPage>
  /** The Date header of an answer to a request for that path, whether or not the object exists. */
  date(path: string, signal: AbortSignal): Promise<Date>
  explain(error: unknown, request: BucketRequest): Trouble
}

export type WriteAnswer = { readonly version: string } | 'refused'
