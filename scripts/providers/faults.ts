import type { CloudName } from '../../distro-catalog/provider-names.js'

/** Why a cloud refused something; `reason` in its own words. */
export type CloudFault =
  | CloudRefusal
  /** No credentials were found. `sought`: where, in words. */
  | { readonly code: 'cloud-credentials-missing'; readonly provider: CloudName; readonly sought: string }
  /**
   * They are configured, but the file, program or login that provides them fails. In the library's own words.
   */
  | { readonly code: 'cloud-credentials-unusable'; readonly provider: CloudName; readonly reason: string }
  /** They were found, but no project or subscription to use them in. `sought`: where, in words. */
  | { readonly code: 'cloud-project-missing'; readonly provider: CloudName; readonly sought: string }
  /** A network of the user's in which a lab cannot be made. `reason`: why, the end of a sentence. */
  | {
      readonly code: 'network-unfit'
      readonly provider: CloudName
      readonly network: string
      readonly reason: string
    }
  | {
      readonly code: 'cloud-image-missing'
      readonly provider: CloudName
      readonly distro: string
      readonly region: string
      /** What was searched for. */
      readonly selector: string
    }
  /** It exists in one region only, and not in the chosen one; `image`: its id. */
  | {
      readonly code: 'cloud-image-elsewhere'
      readonly provider: CloudName
      readonly image: string
      readonly region: string
      readonly has: string
    }
  /** A Marketplace image that is free: no one has accepted its terms for this subscription. */
  | {
      readonly code: 'cloud-image-terms'
      readonly provider: CloudName
      readonly publisher: string
      readonly offer: string
      readonly plan: string
    }
  | { readonly code: 'cloud-machine-missing'; readonly provider: CloudName; readonly machine: string }
  /** In words that we do not know. */
  | ({ readonly code: 'cloud-failed'; readonly provider: CloudName; readonly reason: string } & Whereabouts)
  /** `--allow-from auto`, but no page told us our address. */
  | { readonly code: 'caller-unknown'; readonly asked: readonly string[]; readonly reason: string }

/** What a command knows about its lab or image, for the next command that it shows. */
export interface Whereabouts {
  readonly lab?: string
  /** The file with everything that was said. */
  readonly log?: string
}

/** Reported by the cloud itself, in answers to us or to OpenTofu. */
export type CloudRefusal = {
  [C in CloudRefusalCode]: {
    readonly code: C
    readonly provider: CloudName
    readonly reason: string
  } & Whereabouts
}[CloudRefusalCode]

export type CloudRefusalCode = (typeof cloudRefusalCodes)[number]

export const cloudRefusalCodes = [
  'cloud-capacity',
  /** The region or zone is closed to this account, or does not have the machine type. */
  'cloud-not-offered',
  'cloud-quota',
  /** There is no network that the machines could use, or it has no free address. */
  'cloud-network',
  /** A rule of the organisation, not a missing right. */
  'cloud-policy',
  /** It is blocked, has no billing, or is not verified yet. */
  'cloud-account',
  /** Something else has a name that should be the lab's. */
  'cloud-exists',
  /** A lock, or something that is not the lab's, prevents a change. */
  'cloud-in-use',
  /** It may work on the next try. */
  'cloud-not-ready',
  'cloud-credentials-refused',
  'cloud-forbidden',
  /** The project or subscription has not enabled a service that machines need. */
  'cloud-service-disabled',
  'cloud-region-disabled',
  'cloud-zone-unknown',
  'cloud-throttled',
  'cloud-unreachable',
  'cloud-image-gone',
  'cloud-terms',
] as const
