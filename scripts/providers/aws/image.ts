import { DescribeImagesCommand, type Image } from '@aws-sdk/client-ec2'
import type { AwsImageSelector } from '../../../stacks/aws/spec.js'
import { LabError } from '../../errors.js'
import { withEc2 } from './client.js'

export interface AwsMachineImage {
  readonly id: string
  readonly name: string
  /** The smallest root disk it needs. */
  readonly diskGiB: number
  /** ISO 8601, if AWS tells. */
  readonly createdAt: string | undefined
}

/**
 * The newest public image that matches the catalog's selector, as the stack's own data source would choose
 * it; undefined if there is none. Images that cost money do not count, because they need a subscription.
 */
export async function findNewestImage(
  region: string,
  { owner, name, architecture }: AwsImageSelector,
): Promise<AwsMachineImage | undefined> {
  const images = await withEc2(region, async (client) => {
    const found: Image[] = []
    let NextToken: string | undefined
    do {
      const page = await client.send(
        new DescribeImagesCommand({
          Owners: [owner],
          Filters: [
            { Name: 'name', Values: [name] },
            { Name: 'architecture', Values: [architecture] },
            { Name: 'virtualization-type', Values: ['hvm'] },
            { Name: 'root-device-type', Values: ['ebs'] },
            { Name: 'state', Values: ['available'] },
          ],
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      )
      found.push(...(page.Images ?? []))
      NextToken = page.NextToken
    } while (NextToken !== undefined && NextToken !== '')
    return found
  })
  const free = images.filter(({ ProductCodes = [] }) => ProductCodes.length === 0)
  const [newest] = free.toSorted((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''))
  return newest === undefined ? undefined : described(newest)
}

/** The image that a lab is pinned to. Throws LabError cloud-image-gone. */
export async function findImage(region: string, id: string): Promise<AwsMachineImage> {
  const { Images = [] } = await withEc2(region, (client) =>
    client.send(new DescribeImagesCommand({ ImageIds: [id] })),
  )
  const [image] = Images
  // An image that its publisher withdrew is not refused but left out.
  if (image === undefined) throw new LabError({ code: 'cloud-image-gone', provider: 'aws', reason: id })
  return described(image)
}

const described = (image: Image): AwsMachineImage => {
  const { ImageId = '', Name = '', BlockDeviceMappings = [], RootDeviceName, CreationDate } = image
  const root = BlockDeviceMappings.find(({ DeviceName }) => DeviceName === RootDeviceName)
  return { id: ImageId, name: Name, diskGiB: root?.Ebs?.VolumeSize ?? 1, createdAt: CreationDate }
}
