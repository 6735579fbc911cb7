import { ComputeImage } from '@cdktf/provider-google/lib/compute-image/index.js'
import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { addOutput } from '../add-output.js'
import type { ImportedImageSpec } from '../image-spec.js'
import { pinProvider } from '../provider-version.js'
import { labelValue } from './names.js'

export interface GoogleImageSpec extends ImportedImageSpec {
  readonly provider: 'google'
  /** The labels by which it is found without a record; null: only the record knows it. */
  readonly family: string | null
  /** The bucket and the object that hold the packed disk. */
  readonly bucket: string
  readonly object: string
}

/**
 * An image of the project, made from a packed disk. The project and the credentials come from the
 * environment.
 */
export function buildGoogleImage(stack: TerraformStack, spec: GoogleImageSpec): void {
  new GoogleProvider(stack, 'google', { requestTimeout: '60s' })
  pinProvider(stack, 'google', spec.providerVersion)
  const features = [
    'VIRTIO_SCSI_MULTIQUEUE',
    'GVNIC',
    ...(spec.firmware === 'uefi' ? ['UEFI_COMPATIBLE'] : []),
  ]
  const image = new ComputeImage(stack, 'image', {
    name: spec.name,
    description: spec.description,
    ...(spec.family === null ? {} : { family: spec.family }),
    labels: Object.fromEntries(Object.entries(spec.tags).map(([key, value]) => [key, labelValue(value)])),
    // Google's own URL of it, whichever server received the object.
    rawDisk: { source: `https://storage.googleapis.com/${spec.bucket}/${spec.object}` },
    guestOsFeatures: features.map((type) => ({ type })),
    timeouts: { create: '30m', delete: '10m' },
  })
  addOutput(stack, 'image', { id: image.id, diskGiB: image.diskSizeGb })
}
