import type { LeaseHolderFields } from '../../backend/errors.js'

/** Which import is meant: a distro, a provider and an architecture. */
interface ImageFields {
  readonly provider: string
  readonly distro: string
}

/** What can go wrong with imported images. */
export type ImageFault =
  | ({ readonly code: 'import-unsupported'; readonly reason: string } & ImageFields)
  /** There is no disk to upload: `reason` says why. */
  | ({ readonly code: 'import-no-source'; readonly reason: string } & ImageFields)
  | { readonly code: 'import-checksum-needed'; readonly url: string }
  | { readonly code: 'import-file-unreadable'; readonly path: string; readonly reason: string }
  | {
      readonly code: 'import-file-changed'
      readonly path: string
      readonly expected: string
      readonly got: string
    }
  /** `got`: what the user named instead. */
  | ({ readonly code: 'import-bucket-needed'; readonly got?: string } & ImageFields)
  | ({ readonly code: 'import-region-needed' } & ImageFields)
  /** The subscription has no such storage account; `place`: as a URL. */
  | { readonly code: 'import-account-missing'; readonly account: string; readonly place: string }
  | { readonly code: 'import-container-missing'; readonly account: string; readonly container: string }
  | {
      readonly code: 'import-storage-forbidden'
      readonly account: string
      readonly container: string
      readonly reason: string
    }
  /** Something else has the image's name; `id`: the provider's own; `region`: if it is not obvious. */
  | ({ readonly code: 'import-name-taken'; readonly id: string; readonly region?: string } & ImageFields)
  | ({
      readonly code: 'import-in-place'
      readonly field: 'source' | 'bucket' | 'region'
      readonly has: string
      readonly asked: string
    } & ImageFields)
  | ({ readonly code: 'import-needed' } & ImageFields)
  | ({ readonly code: 'import-forgetting' } & ImageFields)
  | ({ readonly code: 'image-not-imported' } & ImageFields)
  | ({ readonly code: 'image-busy'; readonly holder: LeaseHolderFields } & ImageFields)
  | ({ readonly code: 'image-in-use'; readonly labs: readonly string[] } & ImageFields)
  | ({ readonly code: 'image-left'; readonly left: readonly string[] } & ImageFields)
  | { readonly code: 'packing-failed'; readonly program: string; readonly reason: string }
  | { readonly code: 'upload-failed'; readonly place: string; readonly reason: string }
