/** What can go wrong with the truth: one literal code each, with the fields its message needs. */
export type BackendFault =
  | { readonly code: 'guard-timeout'; readonly path: string; readonly pid: number; readonly host: string }
  | { readonly code: 'object-exists'; readonly key: string }
  | { readonly code: 'object-changed'; readonly key: string }
  | { readonly code: 'store-unwritable'; readonly place: string; readonly reason: string }
  | { readonly code: 'store-unreadable'; readonly place: string; readonly reason: string }
  | FileFault
  /** A folder that somebody named, and that is not there. */
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
  /** What a command would write, and no command could then read. */
  | {
      readonly code: 'record-unwritable'
      readonly lab: string
      readonly problems: readonly string[]
    }
  /** A value that would do harm where it is about to be written. */
  | {
      readonly code: 'value-refused'
      readonly field: string
      readonly expected: string
      /** As `shown` makes it. */
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
      /** What of the token is not as it must be. */
      readonly field: 'form' | 'backend' | 'fence' | 'holder'
      readonly expected: string
      readonly got: string
    }

/** Something in a folder of ours, or of a backend, that is not what we put there; it is neither followed nor read. */
export interface FileFault {
  readonly code: 'file-refused'
  readonly place: string
  readonly found: 'link' | 'folder' | 'special' | 'oversized' | 'configuration' | 'guard'
}

/** What a store in a bucket can answer besides. */
export type BucketFault =
  | {
      readonly code: 'store-forbidden'
      readonly place: string
      /** As the provider names it: `s3:PutObject`. */
      readonly permission: string
      /** Who we are to the provider, where it says so. */
      readonly identity?: string
    }
  | { readonly code: 'store-missing'; readonly bucket: string }
  /** There is such a bucket, and we may not even look at it: names are shared with all of the world. */
  | { readonly code: 'store-taken'; readonly bucket: string; readonly permission: string }
  /** A new bucket belongs to a project of Google Cloud, and nobody said to which. */
  | { readonly code: 'store-project-unknown'; readonly bucket: string }
  | {
      readonly code: 'store-wrong-region'
      readonly bucket: string
      readonly given: string
      /** Absent where the answer does not tell. */
      readonly actual?: string
    }
  /** No answer, or none but failures, as often as we asked: network, throttling, 5xx. */
  | { readonly code: 'store-unreachable'; readonly endpoint: string; readonly reason: string }
  /** A server that ignores conditions: whoever locks there is not locked. */
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
