import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
  type RouteTable,
  type Subnet,
} from '@aws-sdk/client-ec2'
import type { ExistingNetwork } from '../../../stacks/cloud-spec.js'
import type { NetworkQuestion } from '../network-question.js'
import { withEc2 } from './client.js'

/**
 * Finds a VPC by its id, its Name tag or one of its subnets, and that subnet or one that can be reached from
 * outside. Throws LabError network-unfit.
 */
export const findNetwork = ({
  given,
  region,
  zone,
  unfit,
  signal,
}: NetworkQuestion): Promise<ExistingNetwork> =>
  withEc2(region, async (client) => {
    const options = { abortSignal: signal }
    const place = zone === undefined ? region : zone
    const inZone = zone === undefined ? [] : [{ Name: 'availability-zone', Values: [zone] }]
    const subnets = async (filter: Filter): Promise<Subnet[]> => {
      const command = new DescribeSubnetsCommand({ Filters: [filter, ...inZone] })
      return (await client.send(command, options)).Subnets ?? []
    }
    if (given.startsWith('subnet-')) {
      const [subnet] = await subnets({ Name: 'subnet-id', Values: [given] })
      if (subnet?.VpcId === undefined) throw unfit(`${place} has no such subnet`)
      return { id: subnet.VpcId, subnet: given }
    }
    const isId = /^vpc-[0-9a-f]+$/.test(given)
    const command = new DescribeVpcsCommand({
      Filters: [{ Name: isId ? 'vpc-id' : 'tag:Name', Values: [given] }],
    })
    const { Vpcs = [] } = await client.send(command, options)
    const ids = Vpcs.flatMap(({ VpcId }) => VpcId ?? [])
    const [id] = ids
    if (id === undefined) throw unfit(`${region} has no such VPC`)
    if (ids.length > 1) throw unfit(`several VPCs in ${region} have that name: ${ids.join(', ')}`)
    const found = await subnets({ Name: 'vpc-id', Values: [id] })
    const reached = await reachedFromOutside(client, id, found, signal)
    const [subnet] = reached.map(({ SubnetId = '' }) => SubnetId).sort()
    if (subnet === undefined)
      throw unfit(`none of its subnets in ${place} has a route to an internet gateway`)
    return { id, subnet }
  })

/**
 * The subnets with free addresses and a route to an internet gateway: a machine in any other could never be
 * reached.
 */
async function reachedFromOutside(
  client: EC2Client,
  vpc: string,
  subnets: readonly Subnet[],
  abortSignal: AbortSignal,
): Promise<readonly Subnet[]> {
  const command = new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] })
  const { RouteTables = [] } = await client.send(command, { abortSignal })
  const tableOf = ({ SubnetId }: Subnet): RouteTable | undefined =>
    RouteTables.find(({ Associations = [] }) => Associations.some((each) => each.SubnetId === SubnetId)) ??
    RouteTables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main === true))
  return subnets.filter(
    (subnet) =>
      subnet.AvailableIpAddressCount !== 0 &&
      tableOf(subnet)?.Routes?.some(({ GatewayId = '' }) => GatewayId.startsWith('igw-')) === true,
  )
}
