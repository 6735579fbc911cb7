/**
 * Everything that can go wrong with the backend: one literal code each, with the fields its message needs.
 */
export type BackendFault =
  | { readonly code: 'guard-timeout'; readonly path: string; readonly pid: number; readonly host: string }
  | { readonly code: 'object-exists'; readonly key: string }
  | { readonly code: 'object-changed'; readonly key: string }
  | { readonly code: 'store-unwritable'; readonly place: string; readonly reason: string }
  | { readonly code: 'store-unreadable'; readonly place: string; readonly reason: string }
  | FileFault
  /** A folder that someone named and that does not exist. */
  | { readonly code: 'store-folder-missing'; readonly place: string }
  | { readonly code: 'key-invalid'; readonly key: string }
  | { readonly code: 'backend-url-invalid'; readonly given: string; readonly problems: readonly string[] }
  | BucketFault
  | {
      readonly code: 'record-unreadable'
      readonly lab: string
      readonly place: string
      readonly problems: readonly string[]
    }
  | { readonly code: 'identity-unreadable'; readonly place: string; readonly problems: readonly string[] }
  /** A document that a command is about to write, but that no command could read afterwards. */
  | {
      readonly code: 'record-unwritable'
      readonly lab: string
      readonly problems: readonly string[]
    }
  /** A value that would do harm in the place where it is about to be written. */
  | {
      readonly code: 'value-refused'
      readonly field: string
      readonly expected: string
      /** In the form that `shown` returns. */
      readonly got: string
    }
  | { readonly code: 'transition-illegal'; readonly lab: string; readonly from: string; readonly to: string }
  | {
      readonly code: 'lease-held'
      readonly lab: string
      readonly holder: LeaseHolderFields
      readonly expiresAt: string
    }
  | { readonly code: 'lease-lost'; readonly lab: string; readonly reason: string }
  | {
      readonly code: 'lease-token-refused'
      /** What is wrong with the token. */
      readonly field: 'form' | 'backend' | 'fence' | 'holder'
      readonly expected: string
      readonly got: string
    }

/** A thing in our own folder or in a backend that we did not put there; it is neither followed nor read. */
export interface FileFault {
  readonly code: 'file-refused'
  readonly place: string
  readonly found: 'link' | 'folder' | 'special' | 'oversized' | 'configuration' | 'guard'
}

/** Other answers of a store in a bucket. */
export type BucketFault =
  | {
      readonly code: 'store-forbidden'
      readonly place: string
      /** As the provider names it: `s3:PutObject`. */
      readonly permission: string
      /** Our identity at the provider, if it tells. */
      readonly identity?: string
    }
  | { readonly code: 'store-missing'; readonly bucket: string }
  /** The bucket exists, but we may not even look at it: bucket names are shared by the whole world. */
  | { readonly code: 'store-taken'; readonly bucket: string; readonly permission: string }
  /** A new bucket belongs to a Google Cloud project, and no one named one. */
  | { readonly code: 'store-project-unknown'; readonly bucket: string }
  | {
      readonly code: 'store-wrong-region'
      readonly bucket: string
      readonly given: string
      /** Absent if the answer does not tell. */
      readonly actual?: string
    }
  /** Every attempt failed or got no answer: network, throttling, 5xx. */
  | { readonly code: 'store-unreachable'; readonly endpoint: string; readonly reason: string }
  /** A server that ignores conditions: a lock there does not lock. */
  | {
      readonly code: 'store-no-conditions'
      readonly endpoint: string
      readonly operation: 'create' | 'replace' | 'remove'
    }
  | { readonly code: 'store-credentials'; readonly kind: 's3' | 'gcs'; readonly reason: string }

/** The fields of a lease holder that a message shows. */
export interface LeaseHolderFields {
  readonly user: string
  readonly host: string
  readonly pid: number
  readonly command: string
  readonly ciRunUrl?: string | undefined
  readonly since: string
}

export class BackendError extends Error {
  constructor(
    readonly fault: BackendFault,
    options?: ErrorOptions,
  ) {
    super(`${fault.code} ${JSON.stringify(fault)}`, options)
    this.name = 'BackendError'
  }
}
