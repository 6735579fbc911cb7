import { DescribeImagesCommand, DescribeInstanceAttributeCommand } from '@aws-sdk/client-ec2'
import { parse } from 'yaml'
import { loadCatalog } from '../../distro-catalog/load.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import type { TestAws } from '../services/aws.js'
import type { MachineAt } from './cloud-machines.js'

/** The instances of an emulated AWS, with the keys of their user data and the user of their image. */
export const awsMachineAt =
  (aws: TestAws, region: string): MachineAt =>
  async (address) => {
    const { instances } = await aws.made(region)
    const instance = instances.find(({ PublicIpAddress }) => PublicIpAddress === address)
    if (instance?.InstanceId === undefined) return undefined
    const { ssh_authorized_keys: authorizedKeys } = (await awsUserData(aws, region, instance.InstanceId)) as {
      ssh_authorized_keys: string[]
    }
    const user = await userOf(aws, region, instance.ImageId ?? '')
    return { id: instance.InstanceId, user, authorizedKeys }
  }

/** The user data that an instance got when it was made. */
export async function awsUserData(aws: TestAws, region: string, id = ''): Promise<Record<string, unknown>> {
  const { UserData } = await aws.with(region, (client) =>
    client.send(new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' })),
  )
  const text = Buffer.from(UserData?.Value ?? '', 'base64').toString('utf8')
  if (!text.startsWith('#cloud-config\n')) throw new Error(`user data is no cloud-config: ${text}`)
  return parse(text) as Record<string, unknown>
}

async function userOf(aws: TestAws, region: string, image: string): Promise<string> {
  const { Images = [] } = await aws.with(region, (client) =>
    client.send(new DescribeImagesCommand({ ImageIds: [image] })),
  )
  const { distros } = await loadCatalog()
  const distro = [...distros.values()].find(({ title }) => title === Images[0]?.Description)
  if (distro === undefined) throw new Error(`no distro has the image ${image}`)
  return resolveOffer(distro, 'aws').user
}
