import type { ImageRecord } from '../../backend/image-record-schema.js'
import type { CloudName } from '../../distro-catalog/provider.js'
import type { DiskPacking, ImageSpec } from '../../stacks/imported-image.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { StepControl } from '../lifecycle/provider-hooks.js'
import type { PackedDisk } from './pack.js'
import { named, type ImageSubject } from './subject.js'

/** What is decided of an image before anything of it is made. */
export interface ImagePlan {
  readonly name: string
  /** The object that carries the disk, as a URL. */
  readonly upload: string
}

/** What an import asks of a provider beyond its stack: one implementation for each that takes images. */
export interface ImageProvider {
  readonly packing: DiskPacking
  /** Throws when there is something without which an import can't succeed. Before anything is recorded. */
  check(context: Context): Promise<void>
  /**
   * The region in which the image will be, by the place of its disk; undefined: it is everywhere. Asks the provider, before
   * anything is recorded, whether place and name can be taken. Throws LabError import-account-missing or import-name-taken.
   */
  locate(context: Context, subject: ImageSubject, plan: ImagePlan): Promise<string | undefined>
  /** `place`: where the user wants the disk to go, as a URL. Throws LabError import-bucket-needed or usage. */
  plan(context: Context, subject: ImageSubject, place: string | undefined): ImagePlan
  /** Brings the packed disk to where the provider takes it from. Goes on where an earlier command ended. */
  upload(
    context: Context,
    record: ImageRecord,
    disk: PackedDisk,
    step: StepControl,
    subject: ImageSubject,
  ): Promise<void>
  /** Makes what the image's stack counts on and does not own. */
  prepare(subject: ImageSubject, record: ImageRecord, step: StepControl): Promise<void>
  buildSpec(context: Context, subject: ImageSubject, record: ImageRecord): ImageSpec
  /** Removes image and disk where they are still there, by their names, and returns what did not go. */
  removeLeftovers(
    context: Context,
    record: ImageRecord,
    step: StepControl,
    subject: ImageSubject,
  ): Promise<readonly string[]>
}

const NOT_BUILT: Readonly<Record<Exclude<CloudName, 'google' | 'azure'>, string>> = {
  aws: 'AWS takes a disk only through a service role named vmimport, which somebody with rights on IAM has to make first; name an image of your own account in a distro file instead (owner: self)',
}

/** Throws LabError import-unsupported where this version can't bring images. */
export async function imageProviderOf(subject: ImageSubject): Promise<ImageProvider> {
  const { provider } = subject
  if (provider === 'google') return (await import('./google-images.js')).googleImages
  if (provider === 'azure') return (await import('./azure-images.js')).azureImages
  throw new LabError({ code: 'import-unsupported', ...named(subject), reason: NOT_BUILT[provider] })
}
