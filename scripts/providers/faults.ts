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
  /** A network of the user's that a lab cannot be made in. `reason`: why, the end of a sentence. */
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
  /** In words that we do not know. */
  | ({ readonly code: 'cloud-failed'; readonly provider: CloudName; readonly reason: string } & Whereabouts)
  /** `--allow-from auto`, and nobody told us from where we come. */
  | { readonly code: 'caller-unknown'; readonly asked: readonly string[]; readonly reason: string }

/** What a command that works on a lab or an image knows of it, for the next command that is shown. */
export interface Whereabouts {
  readonly lab?: string
  /** The file that has all that was said. */
  readonly log?: string
}

/** Told by the cloud itself, in answers to us or to OpenTofu. */
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
  /** The region or zone is closed to this account, or does not have what was asked for. */
  'cloud-not-offered',
  'cloud-quota',
  /** There is none that the machines could use, or no address in it is free. */
  'cloud-network',
  /** A rule of the organisation, and not a missing right. */
  'cloud-policy',
  /** It is blocked, has no billing, or was not checked yet. */
  'cloud-account',
  /** Something has the name already; names of labs are ours. */
  'cloud-exists',
  /** A lock, or something that is not the lab's, keeps it as it is. */
  'cloud-in-use',
  /** It may have passed by the next try. */
  'cloud-not-ready',
  'cloud-credentials-refused',
  'cloud-forbidden',
  /** The project or subscription has not switched on what machines need. */
  'cloud-service-disabled',
  'cloud-region-disabled',
  'cloud-zone-unknown',
  'cloud-throttled',
  'cloud-unreachable',
  'cloud-image-gone',
  'cloud-terms',
] as const
