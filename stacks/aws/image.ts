import { DataAwsAmi } from '@cdktf/provider-aws/lib/data-aws-ami/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import type { AwsMachine } from './spec.js'

export interface Image {
  readonly id: string
  /** GiB, or an expression for the engine: the requested size, or what the image needs. */
  readonly diskGiB: number
  /** The attributes of a machine that must not follow a newer image. */
  readonly ignoreChanges: readonly string[]
}

/** A pinned image needs no look-up; its disk was decided together with it. */
export function buildImage(stack: TerraformStack, { image, diskGiB }: AwsMachine, lookup: string): Image {
  if (image.kind === 'pinned') return { id: image.id, diskGiB, ignoreChanges: [] }
  const { owner, name, architecture } = image.selector
  const found = new DataAwsAmi(stack, lookup, {
    owners: [owner],
    mostRecent: true,
    filter: [
      { name: 'name', values: [name] },
      { name: 'architecture', values: [architecture] },
      { name: 'virtualization-type', values: ['hvm'] },
      { name: 'root-device-type', values: ['ebs'] },
      { name: 'state', values: ['available'] },
    ],
    lifecycle: {
      postcondition: [
        {
          condition: '${length(self.product_codes) == 0}',
          errorMessage: 'The image is sold in the AWS Marketplace and needs a subscription.',
        },
      ],
    },
  })
  const sizes = `[for each in ${found.fqn}.block_device_mappings : tonumber(lookup(each.ebs, "volume_size", "0"))]`
  // An expression where the class expects a number: only the engine knows the image's size.
  const size = `\${max(concat([${diskGiB}], ${sizes})...)}` as unknown as number
  return { id: found.id, diskGiB: size, ignoreChanges: ['ami', 'root_block_device[0].volume_size'] }
}
