import type { ImageRecord } from '../../backend/image-record-schema.js'
import type { ImageSpec } from '../../stacks/registry.js'
import type { DiskPacking } from '../../stacks/packing.js'
import type { Context } from '../context.js'
import type { StepControl } from './provider.js'
import type { PackedDisk } from '../images/pack.js'
import type { ImageSubject } from '../images/subject.js'

/** What is decided about an image before anything of it is made. */
export interface ImagePlan {
  readonly name: string
  /** The object that carries the disk, as a URL. */
  readonly upload: string
}

/**
 * What an import needs from a provider beyond its stack: one implementation for each that supports imports.
 */
export interface ImageProvider {
  readonly packing: DiskPacking
  /** The flag that says where disk and image go: `--bucket` or `--region`, never both. */
  readonly placedBy: 'bucket' | 'region'
  /**
   * Throws if something is missing without which an import cannot succeed. Called before anything is
   * recorded.
   */
  check(context: Context): Promise<void>
  /**
   * The region of the future image, given by the place of its disk; undefined: all regions. Asks the
   * provider, before anything is recorded, whether place and name can be used. Throws LabError
   * import-account-missing or import-name-taken.
   */
  locate(context: Context, subject: ImageSubject, plan: ImagePlan): Promise<string | undefined>
  /** `place`: the user's flag. Throws LabError import-bucket-needed, import-region-needed or usage. */
  plan(context: Context, subject: ImageSubject, place: string | undefined): ImagePlan
  /** The names that a backend's image may have, and how the URL of its disk ends, anywhere. */
  ownNames(
    subject: ImageSubject,
    backendId: string,
  ): { readonly names: readonly string[]; readonly uploadEnd: string }
  /**
   * Uploads the packed disk to where the provider reads it. Continues an earlier command's upload. Returns
   * the provider's id of the upload, if the image is made from that.
   */
  upload(
    context: Context,
    record: ImageRecord,
    disk: PackedDisk,
    step: StepControl,
    subject: ImageSubject,
  ): Promise<string | undefined>
  /** Makes what the image's stack needs but does not own. */
  prepare(subject: ImageSubject, record: ImageRecord, step: StepControl): Promise<void>
  /**
   * `uploaded`: the result of `upload`; undefined if this command uploaded nothing, to remove what is there.
   */
  buildSpec(
    context: Context,
    subject: ImageSubject,
    record: ImageRecord,
    uploaded: string | undefined,
  ): ImageSpec
  /** Removes image and disk if they still exist, by their names, and returns what is left. */
  removeLeftovers(
    context: Context,
    record: ImageRecord,
    step: StepControl,
    subject: ImageSubject,
  ): Promise<readonly string[]>
}
