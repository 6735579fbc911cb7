/** One problem in a catalog file, ready to show. */
export interface CatalogProblem {
  readonly file: string
  /** Dotted path of the field, e.g. `providers.local.user`; `(file)` for the file as a whole. */
  readonly field: string
  readonly expected: string
  readonly got: string
  readonly remedy: string
}

/**
 * Everything that can go wrong with the catalog: one literal code each, with the fields its message needs.
 */
export type CatalogFault =
  | { readonly code: 'distro-unknown'; readonly given: string; readonly near: readonly string[] }
  | { readonly code: 'provider-unknown'; readonly given: string; readonly near: readonly string[] }
  | { readonly code: 'profile-unknown'; readonly given: string; readonly near: readonly string[] }
  | {
      readonly code: 'pair-unavailable'
      readonly distro: string
      readonly provider: string
      readonly reason: string
    }
  | {
      readonly code: 'region-unknown'
      readonly given: string
      readonly provider: string
      readonly near: readonly string[]
    }
  | {
      readonly code: 'no-region'
      readonly provider: string
      readonly instanceType: string
      readonly leftOut: readonly { readonly region: string; readonly reason: string }[]
    }
  | { readonly code: 'size-unknown'; readonly given: string; readonly known: readonly string[] }
  | { readonly code: 'disk-too-small'; readonly askedGiB: number; readonly minimumGiB: number }
  | { readonly code: 'instance-type-invalid'; readonly given: string; readonly expected: string }
  | { readonly code: 'catalog-invalid'; readonly problems: readonly CatalogProblem[] }

export class CatalogError extends Error {
  constructor(
    readonly fault: CatalogFault,
    options?: ErrorOptions,
  ) {
    super(`${fault.code} ${JSON.stringify(fault)}`, options)
    this.name = 'CatalogError'
  }
}
