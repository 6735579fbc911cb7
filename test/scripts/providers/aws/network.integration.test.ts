import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type ResourceType,
} from '@aws-sdk/client-ec2'
import { afterEach, describe, expect, test } from '@jest/globals'
import { findThings, removeThings } from '../../../../scripts/providers/aws/leftovers.js'
import { findNetwork } from '../../../../scripts/providers/aws/network.js'
import { findStrangers } from '../../../../scripts/providers/aws/strangers.js'
import { LabError } from '../../../../scripts/errors.js'
import { TestAws } from '../../../services/aws.js'
import { useCloudHere } from '../../../stand-in/use-cloud.js'
import { faultOf } from '../../../support/cli/support.js'

const REGION = 'eu-west-1'
const signal = new AbortController().signal
const aws = await useCloudHere(TestAws.start())

const marks = (lab: string) => ({ 'distrolab-lab': lab, 'distrolab-backend': '0a1b2c3d4e5f' })
const labAt = (lab: string) => ({ region: REGION, name: lab, machines: [`${lab}-main`], tags: marks(lab) })

interface Network {
  readonly vpc: string
  readonly subnet: string
  readonly gateway: string
  readonly table: string
}

/** A VPC with a subnet; `open`: with a route to an internet gateway. */
function makeNetwork(tags: Readonly<Record<string, string>>, open = true): Promise<Network> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const TagSpecifications = (ResourceType: ResourceType) => [{ ResourceType, Tags }]
  return aws.with(REGION, async (client) => {
    const { Vpc } = await client.send(
      new CreateVpcCommand({ CidrBlock: '10.77.0.0/16', TagSpecifications: TagSpecifications('vpc') }),
    )
    const VpcId = Vpc?.VpcId ?? ''
    const { Subnet } = await client.send(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: '10.77.0.0/24',
        AvailabilityZone: `${REGION}b`,
        TagSpecifications: TagSpecifications('subnet'),
      }),
    )
    const { InternetGateway } = await client.send(
      new CreateInternetGatewayCommand({ TagSpecifications: TagSpecifications('internet-gateway') }),
    )
    const InternetGatewayId = InternetGateway?.InternetGatewayId ?? ''
    await client.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }))
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
    const { RouteTables } = await client.send(new DescribeRouteTablesCommand({ Filters }))
    const RouteTableId = RouteTables?.[0]?.RouteTableId ?? ''
    const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId }
    if (open) await client.send(new CreateRouteCommand(route))
    return { vpc: VpcId, subnet: Subnet?.SubnetId ?? '', gateway: InternetGatewayId, table: RouteTableId }
  })
}

/** Which of a network's parts are still there. */
const there = ({ vpc, subnet, gateway }: Network): Promise<number> =>
  aws.with(REGION, async (client) => {
    const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({}))
    const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({}))
    const { InternetGateways = [] } = await client.send(new DescribeInternetGatewaysCommand({}))
    const ids = [
      ...Vpcs.map(({ VpcId }) => VpcId),
      ...Subnets.map(({ SubnetId }) => SubnetId),
      ...InternetGateways.map(({ InternetGatewayId }) => InternetGatewayId),
    ]
    return [vpc, subnet, gateway].filter((id) => ids.includes(id)).length
  })

afterEach(async () => {
  for (const lab of ['mine', 'yours']) await removeThings(labAt(lab), { signal, onRefused: () => undefined })
})

describe('a network of the user’s', () => {
  const find = (given: string, zone?: string) =>
    findNetwork({
      given,
      region: REGION,
      zone,
      signal,
      unfit: (reason) => new LabError({ code: 'network-unfit', provider: 'aws', network: given, reason }),
    })
  const reasonOf = async (...args: Parameters<typeof find>): Promise<unknown> => {
    const fault = await faultOf(find(...args))
    return fault.code === 'network-unfit' ? fault.reason : fault
  }

  test('is found by its id, its Name tag or its subnet, and gives the subnet too', async () => {
    const { vpc, subnet } = await makeNetwork({ ...marks('mine'), Name: 'Prod' })
    for (const given of [vpc, 'Prod', subnet]) expect(await find(given)).toEqual({ id: vpc, subnet })
    expect(await find('Prod', `${REGION}b`)).toEqual({ id: vpc, subnet })
  })

  test('that is not there, is meant by a name of two, or cannot be reached is refused with the reason', async () => {
    const { subnet } = await makeNetwork({ ...marks('mine'), Name: 'Twice' }, false)
    const closed = await makeNetwork({ ...marks('yours'), Name: 'Twice' }, false)
    expect(await reasonOf('vpc-0123456789abcdef0')).toBe(`${REGION} has no such VPC`)
    expect(await reasonOf('Nowhere')).toBe(`${REGION} has no such VPC`)
    expect(await reasonOf('subnet-0123456789abcdef0')).toBe(`${REGION} has no such subnet`)
    expect(await reasonOf(subnet, `${REGION}a`)).toBe(`${REGION}a has no such subnet`)
    expect(await reasonOf('Twice')).toContain(`several VPCs in ${REGION} have that name: vpc-`)
    expect(await reasonOf(closed.vpc)).toContain('has a route to an internet gateway')
  })
})

describe('a network of a lab’s own', () => {
  test('is found by its marks and removed; those of others stay, whatever they are called', async () => {
    const mine = await makeNetwork({ ...marks('mine'), Name: 'mine' })
    const yours = await makeNetwork({ ...marks('yours'), Name: 'mine' })
    const bare = await makeNetwork({ Name: 'mine' })
    const kinds = (await findThings(labAt('mine'))).map(({ kind }) => kind)
    expect(kinds.sort()).toEqual(['internet-gateway', 'subnet', 'vpc'])
    const onRefused = (_thing: unknown, error: LabError): never => {
      throw error
    }
    expect(await removeThings(labAt('mine'), { signal, onRefused })).toEqual([])
    expect(await Promise.all([mine, yours, bare].map(there))).toEqual([0, 3, 3])
  })

  test('is told in a state from that of another, its routes by the table they are removed from', async () => {
    const objectsOf = ({ vpc, subnet, gateway, table }: Network) => [
      { type: 'aws_vpc', id: vpc },
      { type: 'aws_subnet', id: subnet },
      { type: 'aws_internet_gateway', id: gateway },
      { type: 'aws_route', id: 'r-rtb-1', routeTable: table },
    ]
    const mine = objectsOf(await makeNetwork(marks('mine')))
    const yours = objectsOf(await makeNetwork(marks('yours')))
    const gone = { type: 'aws_subnet', id: 'subnet-0123456789abcdef0' }
    const bare = { type: 'aws_route', id: 'r-rtb-1' }
    expect(await findStrangers(labAt('mine'), [...mine, gone], signal)).toEqual([])
    expect(await findStrangers(labAt('mine'), [...mine, ...yours, bare], signal)).toEqual([...yours, bare])
  })
})
