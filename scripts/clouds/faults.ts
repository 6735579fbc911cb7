import type { CloudName } from '../../distro-catalog/provider.js'

/** Why a cloud did not do what it was asked; `reason` in its own words. */
export type CloudFault =
  | CloudRefusal
  /** Nobody's credentials were found. `sought`: where, in words. */
  | { readonly code: 'cloud-credentials-missing'; readonly provider: CloudName; readonly sought: string }
  /** They are configured, and can't be had: a file, a program or a login that gives them out fails. In the library's own words. */
  | { readonly code: 'cloud-credentials-unusable'; readonly provider: CloudName; readonly reason: string }
  /** They are found, and no project or subscription that they could be used in. `sought`: where, in words. */
  | { readonly code: 'cloud-project-missing'; readonly provider: CloudName; readonly sought: string }
  | {
      readonly code: 'cloud-image-missing'
      readonly provider: CloudName
      readonly distro: string
      readonly region: string
      /** What was looked for. */
      readonly selector: string
    }
  /** It is in one region only, and not in the one that was chosen; `image`: its id. */
  | {
      readonly code: 'cloud-image-elsewhere'
      readonly provider: CloudName
      readonly image: string
      readonly region: string
      readonly has: string
    }
  /** Images that are sold, though for nothing: nobody of the subscription has accepted the terms of this one. */
  | {
      readonly code: 'cloud-image-terms'
      readonly provider: 'azure'
      readonly publisher: string
      readonly offer: string
      readonly plan: string
    }
  | { readonly code: 'cloud-machine-missing'; readonly provider: CloudName; readonly machine: string }
  | { readonly code: 'cloud-failed'; readonly provider: CloudName; readonly reason: string }
  /** `--allow-from auto`, and nobody told us from where we come. */
  | { readonly code: 'caller-unknown'; readonly asked: readonly string[]; readonly reason: string }

/** Told by the cloud itself, in answers to us or to OpenTofu. */
export type CloudRefusal = {
  [C in CloudRefusalCode]: { readonly code: C; readonly provider: CloudName; readonly reason: string }
}[CloudRefusalCode]

export type CloudRefusalCode =
  | 'cloud-capacity'
  | 'cloud-quota'
  | 'cloud-credentials-refused'
  | 'cloud-forbidden'
  /** The project or subscription has not switched on what machines need. */
  | 'cloud-service-disabled'
  | 'cloud-region-disabled'
  | 'cloud-zone-unknown'
  | 'cloud-throttled'
  | 'cloud-unreachable'
  | 'cloud-image-gone'
  | 'cloud-terms'
