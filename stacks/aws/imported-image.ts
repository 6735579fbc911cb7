import { Ami } from '@cdktf/provider-aws/lib/ami/index.js'
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { addOutput } from '../add-output.js'
import type { ImportedImageSpec } from '../image-spec.js'
import { pinProvider } from '../provider-version.js'

export interface AwsImageSpec extends ImportedImageSpec {
  readonly provider: 'aws'
  /** The region of the snapshot; the image can make machines only there. */
  readonly region: string
  readonly architecture: 'x86_64' | 'arm64'
  /** The uploaded disk; null: it does not exist, and so neither does the image. */
  readonly snapshotId: string | null
  readonly diskGiB: number
}

const ROOT_DEVICE = '/dev/xvda'

/**
 * An image of the account, made from a snapshot that this stack does not own. Account and credentials come
 * from the environment.
 */
export function buildAwsImage(stack: TerraformStack, spec: AwsImageSpec): void {
  new AwsProvider(stack, 'aws', { region: spec.region, maxRetries: 3, skipRegionValidation: true })
  pinProvider(stack, 'aws', spec.providerVersion)
  if (spec.snapshotId === null) return
  const image = new Ami(stack, 'image', {
    name: spec.name,
    description: spec.description,
    architecture: spec.architecture,
    virtualizationType: 'hvm',
    enaSupport: true,
    sriovNetSupport: 'simple',
    bootMode: spec.firmware === 'uefi' ? 'uefi' : 'legacy-bios',
    // Machines from this image get their metadata only by token, whoever makes them.
    imdsSupport: 'v2.0',
    rootDeviceName: ROOT_DEVICE,
    ebsBlockDevice: [
      {
        deviceName: ROOT_DEVICE,
        snapshotId: spec.snapshotId,
        volumeSize: spec.diskGiB,
        volumeType: 'gp3',
        deleteOnTermination: true,
      },
    ],
    tags: { ...spec.tags, Name: spec.name },
    timeouts: { create: '30m', delete: '10m' },
  })
  addOutput(stack, 'image', { id: image.id, diskGiB: spec.diskGiB })
}
