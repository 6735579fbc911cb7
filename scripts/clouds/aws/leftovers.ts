import {
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DeleteVolumeCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceTerminated,
  type EC2Client,
} from '@aws-sdk/client-ec2'
import { LabError } from '../../errors.js'
import { withEc2 } from './client.js'
import { findInstances } from './instances.js'
import { tagFilters, type Tags } from './tags.js'

/** In the order in which they can be removed: a group can't go before the machines that are in it. */
const KINDS = ['instance', 'volume', 'security-group', 'key-pair'] as const
type Kind = (typeof KINDS)[number]

export interface AwsThing {
  readonly kind: Kind
  readonly id: string
  /** What it is removed by, where that is not its id. */
  readonly name?: string
}

/** Everything of a lab that AWS still has, by its tags alone: neither record nor state is asked. */
export async function findThings(region: string, tags: Tags): Promise<AwsThing[]> {
  const Filters = tagFilters(tags)
  const [instances, rest] = await Promise.all([
    findInstances(region, tags),
    withEc2(region, async (client) => {
      const [volumes, groups, keys] = await Promise.all([
        client.send(new DescribeVolumesCommand({ Filters })),
        client.send(new DescribeSecurityGroupsCommand({ Filters })),
        client.send(new DescribeKeyPairsCommand({ Filters })),
      ])
      return [
        ...(volumes.Volumes ?? []).map(({ VolumeId }) => thing('volume', VolumeId)),
        ...(groups.SecurityGroups ?? []).map(({ GroupId }) => thing('security-group', GroupId)),
        ...(keys.KeyPairs ?? []).map(({ KeyPairId, KeyName = '' }) => ({
          ...thing('key-pair', KeyPairId),
          name: KeyName,
        })),
      ]
    }),
  ])
  return [...instances.map(({ id }) => thing('instance', id)), ...rest]
}

const thing = (kind: Kind, id = ''): AwsThing => ({ kind, id })

const TERMINATE_SECONDS = 300

/**
 * Removes everything that has these tags, and returns what is there all the same. What AWS refuses to remove is told by
 * `onRefused` and is among what is returned. Throws LabError when AWS can't be asked.
 */
export async function removeThings(
  region: string,
  tags: Tags,
  options: { readonly signal: AbortSignal; readonly onRefused: (thing: AwsThing, error: LabError) => void },
): Promise<readonly AwsThing[]> {
  const found = await findThings(region, tags)
  if (found.length === 0) return []
  for (const kind of KINDS) {
    const ofKind = found.filter((each) => each.kind === kind)
    for (const each of ofKind) {
      try {
        await withEc2(region, (client) => removers[kind](client, each, options.signal))
      } catch (error) {
        options.signal.throwIfAborted()
        if (!(error instanceof LabError)) throw error
        // A machine takes its disk along.
        if (isGone(error)) continue
        options.onRefused(each, error)
      }
    }
  }
  return findThings(region, tags)
}

/** `InvalidVolume.NotFound` and its like. */
const isGone = ({ cause }: LabError): boolean => cause instanceof Error && cause.name.endsWith('.NotFound')

const removers: Readonly<
  Record<Kind, (client: EC2Client, thing: AwsThing, signal: AbortSignal) => Promise<unknown>>
> = {
  async instance(client, { id }, abortSignal) {
    const InstanceIds = [id]
    await client.send(new TerminateInstancesCommand({ InstanceIds }))
    const patience = { maxWaitTime: TERMINATE_SECONDS, minDelay: 2, maxDelay: 5 }
    await waitUntilInstanceTerminated({ client, abortSignal, ...patience }, { InstanceIds })
  },
  volume: (client, { id }) => client.send(new DeleteVolumeCommand({ VolumeId: id })),
  'security-group': (client, { id }) => client.send(new DeleteSecurityGroupCommand({ GroupId: id })),
  'key-pair': (client, { name }) => client.send(new DeleteKeyPairCommand({ KeyName: name })),
}
