import {
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Tag,
} from '@aws-sdk/client-ec2'
import { hasMarks } from '../../../stacks/naming.js'
import type { StateObject } from '../../engine/state-objects.js'
import { withEc2 } from './client.js'
import { findInstancesBy } from './instances.js'
import type { LabAtAws } from './leftovers.js'
import { tagsOf, type Tags } from './tags.js'

/** A thing in AWS that an object of a state names. */
interface Found {
  readonly id: string
  readonly tags: Tags
}
type Ask = (
  client: EC2Client,
  ids: string[],
  options: { readonly abortSignal: AbortSignal },
) => Promise<Found[]>

const found = (id: string | undefined, thing: { readonly Tags?: Tag[] | undefined }): Found => ({
  id: id ?? '',
  tags: tagsOf(thing),
})

/** By a filter instead of ids, so that a missing one is not an error. */
const askers: Readonly<Record<string, Ask>> = {
  async aws_security_group(client, Values, options) {
    const command = new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-id', Values }] })
    const { SecurityGroups = [] } = await client.send(command, options)
    return SecurityGroups.map((each) => found(each.GroupId, each))
  },
  async aws_vpc(client, Values, options) {
    const command = new DescribeVpcsCommand({ Filters: [{ Name: 'vpc-id', Values }] })
    const { Vpcs = [] } = await client.send(command, options)
    return Vpcs.map((each) => found(each.VpcId, each))
  },
  async aws_subnet(client, Values, options) {
    const command = new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values }] })
    const { Subnets = [] } = await client.send(command, options)
    return Subnets.map((each) => found(each.SubnetId, each))
  },
  async aws_internet_gateway(client, Values, options) {
    const command = new DescribeInternetGatewaysCommand({
      Filters: [{ Name: 'internet-gateway-id', Values }],
    })
    const { InternetGateways = [] } = await client.send(command, options)
    return InternetGateways.map((each) => found(each.InternetGatewayId, each))
  },
}

/**
 * The objects of a state that are not the lab's: things without its marks, routes of other networks, and
 * kinds that no lab has. Things that no longer exist do not count.
 */
export async function findStrangers(
  { region, tags, name }: LabAtAws,
  objects: readonly StateObject[],
  signal: AbortSignal,
): Promise<readonly StateObject[]> {
  const idsOf = (type: string): string[] => objects.filter((each) => each.type === type).map(({ id }) => id)
  const options = { abortSignal: signal }
  const things = await withEc2(region, async (client) => {
    const asked = Object.entries(askers).map(async ([type, ask]) => {
      const ids = idsOf(type)
      return ids.length === 0 ? [] : ask(client, ids, options)
    })
    return (await Promise.all(asked)).flat()
  })
  const instanceIds = idsOf('aws_instance')
  const instances =
    instanceIds.length === 0
      ? []
      : await findInstancesBy(region, [{ Name: 'instance-id', Values: instanceIds }], signal)
  const foreign = new Set(
    [...instances, ...things].filter(({ tags: marks }) => !hasMarks(marks, tags)).map(({ id }) => id),
  )
  const routes = await foreignRoutes(region, { objects, tags, signal })
  return objects.filter((each) => {
    if (each.type === 'aws_key_pair') return each.id !== name
    if (each.type === 'aws_route') return routes.includes(each)
    return (each.type !== 'aws_instance' && !Object.hasOwn(askers, each.type)) || foreign.has(each.id)
  })
}

/**
 * The routes of a table outside the lab's own network. OpenTofu removes a route by its table, whatever its id
 * says.
 */
async function foreignRoutes(
  region: string,
  {
    objects,
    tags,
    signal,
  }: { readonly objects: readonly StateObject[]; readonly tags: Tags; readonly signal: AbortSignal },
): Promise<readonly StateObject[]> {
  const routes = objects.filter(({ type }) => type === 'aws_route')
  if (routes.length === 0) return []
  const Values = routes.flatMap(({ routeTable }) => routeTable ?? [])
  const tables = await withEc2(region, async (client) => {
    const options = { abortSignal: signal }
    const command = new DescribeRouteTablesCommand({ Filters: [{ Name: 'route-table-id', Values }] })
    const { RouteTables = [] } = await client.send(command, options)
    const vpcs = RouteTables.flatMap(({ VpcId }) => VpcId ?? [])
    const networks = vpcs.length === 0 ? [] : ((await askers['aws_vpc']?.(client, vpcs, options)) ?? [])
    const own = new Set(networks.filter((each) => hasMarks(each.tags, tags)).map(({ id }) => id))
    return new Map(RouteTables.map(({ RouteTableId = '', VpcId = '' }) => [RouteTableId, own.has(VpcId)]))
  })
  return routes.filter(({ routeTable }) => routeTable === undefined || tables.get(routeTable) === false)
}
