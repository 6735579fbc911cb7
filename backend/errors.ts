/** What can go wrong with the truth: one literal code each, with the fields its message needs. */
export type BackendFault =
  | { readonly code: 'guard-timeout'; readonly path: string; readonly pid: number; readonly host: string }
  | { readonly code: 'object-exists'; readonly key: string }
  | { readonly code: 'object-changed'; readonly key: string }
  | { readonly code: 'store-unwritable'; readonly place: string; readonly reason: string }
  | { readonly code: 'store-unreadable'; readonly place: string; readonly reason: string }
  | { readonly code: 'key-invalid'; readonly key: string }
  | { readonly code: 'backend-unsupported'; readonly given: string; readonly kind: string }
  | { readonly code: 'backend-url-invalid'; readonly given: string; readonly expected: string }
  | {
      readonly code: 'record-unreadable'
      readonly lab: string
      readonly place: string
      readonly problems: readonly string[]
    }
  | { readonly code: 'transition-illegal'; readonly lab: string; readonly from: string; readonly to: string }
  | {
      readonly code: 'lease-held'
      readonly lab: string
      readonly holder: LeaseHolderFields
      readonly expiresAt: string
    }
  | { readonly code: 'lease-lost'; readonly lab: string; readonly reason: string }

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
