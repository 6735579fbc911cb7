import {
  DeleteInternetGatewayCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVolumeCommand,
  DeleteVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  TerminateInstancesCommand,
  waitUntilInstanceTerminated,
  type EC2Client,
  type Filter,
  type Tag,
} from '@aws-sdk/client-ec2'
import { hasMarks } from '../../../stacks/naming.js'
import { LabError } from '../../errors.js'
import { withEc2 } from './client.js'
import { findInstancesBy } from './instances.js'
import { tagFilters, tagsOf, type Tags } from './tags.js'

/** In the order in which they can be removed: a group cannot go before its machines, and a VPC goes last. */
const KINDS = [
  'instance',
  'volume',
  'security-group',
  'key-pair',
  'subnet',
  'internet-gateway',
  'vpc',
] as const
type Kind = (typeof KINDS)[number]

export interface AwsThing {
  readonly kind: Kind
  readonly id: string
  /** What it is removed by, if not its id. */
  readonly name?: string
  /** For a machine that is not being terminated: its Name tag. */
  readonly machine?: string
  /** True if it carries the lab's marks; otherwise it only has one of its names, and is left alone. */
  readonly isOurs: boolean
}

/** The names and marks of a lab's things. */
export interface LabAtAws {
  readonly region: string
  readonly tags: Tags
  /** The names of its security group and its key pair. */
  readonly name: string
  /** The Name tags of its machines. */
  readonly machines: readonly string[]
}

/** Everything of a lab that AWS still has, by tags and by names; asks neither the record nor the state. */
export async function findThings(lab: LabAtAws): Promise<AwsThing[]> {
  const { region, tags, name, machines } = lab
  const byTags = tagFilters(tags)
  const found = await withEc2(region, async (client) => {
    const volumes = (Filters: Filter[]) => client.send(new DescribeVolumesCommand({ Filters }))
    const groups = (Filters: Filter[]) => client.send(new DescribeSecurityGroupsCommand({ Filters }))
    const keys = (Filters: Filter[]) => client.send(new DescribeKeyPairsCommand({ Filters }))
    return Promise.all([
      findInstancesBy(region, byTags),
      findInstancesBy(region, [{ Name: 'tag:Name', Values: [...machines] }]),
      volumes(byTags),
      ...[groups(byTags), groups([{ Name: 'group-name', Values: [name] }])],
      ...[keys(byTags), keys([{ Name: 'key-name', Values: [name] }])],
    ] as const)
  })
  const [instances, named, { Volumes = [] }, tagged, group, keyed, key] = found
  const network = await findNetworkThings(region, byTags)
  const isOurs = (tagged: { readonly Tags?: Tag[] | undefined }): boolean => hasMarks(tagsOf(tagged), tags)
  const things: AwsThing[] = [
    // Things that are being removed need no attention.
    ...[...instances, ...named.filter(({ state }) => state !== 'shutting-down')].map(
      ({ id, state, tags: marks }) => ({
        ...({ kind: 'instance', id } as const),
        ...(state === 'shutting-down' ? {} : { machine: marks['Name'] ?? '' }),
        isOurs: hasMarks(marks, tags),
      }),
    ),
    ...Volumes.map((each) => ({ kind: 'volume' as const, id: each.VolumeId ?? '', isOurs: isOurs(each) })),
    ...[...(tagged.SecurityGroups ?? []), ...(group.SecurityGroups ?? [])].map((each) => ({
      ...({ kind: 'security-group', id: each.GroupId ?? '' } as const),
      isOurs: isOurs(each),
    })),
    ...[...(keyed.KeyPairs ?? []), ...(key.KeyPairs ?? [])].map((each) => ({
      ...({ kind: 'key-pair', id: each.KeyPairId ?? '', name: each.KeyName ?? '' } as const),
      isOurs: isOurs(each),
    })),
    ...network,
  ]
  return [...new Map(things.map((each) => [each.id, each])).values()]
}

/** The lab's own network, found only by its marks; its routes are removed with it. */
async function findNetworkThings(region: string, Filters: Filter[]): Promise<AwsThing[]> {
  const [{ Subnets = [] }, { InternetGateways = [] }, { Vpcs = [] }] = await withEc2(region, (client) =>
    Promise.all([
      client.send(new DescribeSubnetsCommand({ Filters })),
      client.send(new DescribeInternetGatewaysCommand({ Filters })),
      client.send(new DescribeVpcsCommand({ Filters })),
    ]),
  )
  const ours = (kind: Kind, id = ''): AwsThing => ({ kind, id, isOurs: true })
  return [
    ...Subnets.map(({ SubnetId }) => ours('subnet', SubnetId)),
    ...InternetGateways.map(({ InternetGatewayId }) => ours('internet-gateway', InternetGatewayId)),
    ...Vpcs.map(({ VpcId }) => ours('vpc', VpcId)),
  ]
}

const TERMINATE_SECONDS = 300

/**
 * Removes everything that carries the lab's marks. Returns what still exists, including other people's things
 * that only have its names. `onRefused` reports what AWS refuses to remove, which is also returned. Throws
 * LabError if AWS cannot be asked.
 */
export async function removeThings(
  lab: LabAtAws,
  options: { readonly signal: AbortSignal; readonly onRefused: (thing: AwsThing, error: LabError) => void },
): Promise<readonly AwsThing[]> {
  const found = await findThings(lab)
  if (!found.some(({ isOurs }) => isOurs)) return found
  for (const kind of KINDS) {
    const ofKind = found.filter((each) => each.isOurs && each.kind === kind)
    for (const each of ofKind) {
      try {
        await withEc2(lab.region, (client) => removers[kind](client, each, options.signal))
      } catch (error) {
        options.signal.throwIfAborted()
        if (!(error instanceof LabError)) throw error
        // A machine's disk is removed with it.
        if (isGone(error)) continue
        options.onRefused(each, error)
      }
    }
  }
  return findThings(lab)
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
  subnet: (client, { id }) => client.send(new DeleteSubnetCommand({ SubnetId: id })),
  async 'internet-gateway'(client, { id: InternetGatewayId }) {
    const asked = { InternetGatewayIds: [InternetGatewayId] }
    const { InternetGateways = [] } = await client.send(new DescribeInternetGatewaysCommand(asked))
    for (const { VpcId } of InternetGateways[0]?.Attachments ?? [])
      await client.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }))
    await client.send(new DeleteInternetGatewayCommand({ InternetGatewayId }))
  },
  vpc: (client, { id }) => client.send(new DeleteVpcCommand({ VpcId: id })),
}
