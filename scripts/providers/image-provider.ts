import type { ImageRecord } from '../../backend/image-record-schema.js'
import type { ImageSpec } from '../../stacks/imported-image.js'
import type { DiskPacking } from '../../stacks/packing.js'
import type { Context } from '../context.js'
import type { StepControl } from './provider.js'
import type { PackedDisk } from '../images/pack.js'
import type { ImageSubject } from '../images/subject.js'

/** What is decided of an image before anything of it is made. */
export interface ImagePlan {
  readonly name: string
  /** The object that carries the disk, as a URL. */
  readonly upload: string
}

/** What an import asks of a provider beyond its stack: one implementation for each that takes images. */
export interface ImageProvider {
  readonly packing: DiskPacking
  /** What the user names to say where disk and image go: `--bucket`, or `--region`; never both. */
  readonly placedBy: 'bucket' | 'region'
  /** Throws when there is something without which an import can't succeed. Before anything is recorded. */
  check(context: Context): Promise<void>
  /**
   * The region in which the image will be, by the place of its disk; undefined: it is everywhere. Asks the provider, before
   * anything is recorded, whether place and name can be taken. Throws LabError import-account-missing or import-name-taken.
   */
  locate(context: Context, subject: ImageSubject, plan: ImagePlan): Promise<string | undefined>
  /** `place`: what the user named. Throws LabError import-bucket-needed, import-region-needed or usage. */
  plan(context: Context, subject: ImageSubject, place: string | undefined): ImagePlan
  /** What the image of a backend may be called, and how the URL of its disk ends, wherever that is. */
  ownNames(
    subject: ImageSubject,
    backendId: string,
  ): { readonly names: readonly string[]; readonly uploadEnd: string }
  /**
   * Brings the packed disk to where the provider takes it from. Goes on where an earlier command ended. Returns what the
   * provider calls it, where an image is made by that.
   */
  upload(
    context: Context,
    record: ImageRecord,
    disk: PackedDisk,
    step: StepControl,
    subject: ImageSubject,
  ): Promise<string | undefined>
  /** Makes what the image's stack counts on and does not own. */
  prepare(subject: ImageSubject, record: ImageRecord, step: StepControl): Promise<void>
  /** `uploaded`: what `upload` returned; undefined where nothing was uploaded by this command, to remove what is there. */
  buildSpec(
    context: Context,
    subject: ImageSubject,
    record: ImageRecord,
    uploaded: string | undefined,
  ): ImageSpec
  /** Removes image and disk where they are still there, by their names, and returns what did not go. */
  removeLeftovers(
    context: Context,
    record: ImageRecord,
    step: StepControl,
    subject: ImageSubject,
  ): Promise<readonly string[]>
}

/** Loads what brings images there. */
export async function imageProviderOf({ provider }: ImageSubject): Promise<ImageProvider> {
  switch (provider) {
    case 'aws':
      return (await import('./aws/images.js')).awsImages
    case 'azure':
      return (await import('./azure/images.js')).azureImages
    case 'google':
      return (await import('./google/images.js')).googleImages
  }
}
