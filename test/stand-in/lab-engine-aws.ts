import {
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteKeyPairCommand,
  DeleteRouteCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  EC2Client,
  ImportKeyPairCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type ResourceType,
} from '@aws-sdk/client-ec2'
import type { CarryOut, Declared, StandInProvider } from './lab-engine-kinds.js'

/** EC2; each request is sent once. `ami`: the image of all machines. */
export function awsProviderOf(region: string, ami: string, carryOut: CarryOut): StandInProvider {
  const client = new EC2Client({ region, maxAttempts: 1 })
  const marks = ({ tags = {} }: Declared, ...types: ResourceType[]) =>
    types.map((ResourceType) => ({
      ResourceType,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }))
  const there = (look: () => Promise<readonly unknown[] | undefined>): Promise<boolean> =>
    look().then(
      (found = []) => found.length > 0,
      () => false,
    )
  const mainTable = async (vpc: string): Promise<string> => {
    const Filters = [{ Name: 'vpc-id', Values: [vpc] }]
    const { RouteTables } = await client.send(new DescribeRouteTablesCommand({ Filters }))
    return RouteTables?.[0]?.RouteTableId ?? ''
  }
  const instance = async (id: string) => {
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
    return Reservations?.[0]?.Instances?.[0]
  }
  return {
    address: async (machine, idOf) =>
      (await instance(idOf(`\${aws_instance.${machine}.id}`)))?.PublicIpAddress ?? '',
    kinds: {
      aws_key_pair: {
        async create(declared, { made }) {
          const KeyName = String(declared['key_name'])
          const PublicKeyMaterial = Buffer.from(String(declared['public_key']))
          const TagSpecifications = marks(declared, 'key-pair')
          await carryOut(() =>
            client.send(new ImportKeyPairCommand({ KeyName, PublicKeyMaterial, TagSpecifications })),
          )
          made(KeyName)
        },
        isThere: (id) =>
          there(async () => (await client.send(new DescribeKeyPairsCommand({ KeyNames: [id] }))).KeyPairs),
        remove: (id) => carryOut(() => client.send(new DeleteKeyPairCommand({ KeyName: id }))),
      },
      aws_vpc: {
        async create(declared, { made }) {
          const request = {
            CidrBlock: String(declared['cidr_block']),
            TagSpecifications: marks(declared, 'vpc'),
          }
          const { Vpc } = await carryOut(() => client.send(new CreateVpcCommand(request)))
          made(Vpc?.VpcId ?? '')
        },
        isThere: (id) =>
          there(async () => (await client.send(new DescribeVpcsCommand({ VpcIds: [id] }))).Vpcs),
        remove: (id) => carryOut(() => client.send(new DeleteVpcCommand({ VpcId: id }))),
      },
      aws_internet_gateway: {
        async create(declared, { made, idOf }) {
          const TagSpecifications = marks(declared, 'internet-gateway')
          const { InternetGateway } = await carryOut(() =>
            client.send(new CreateInternetGatewayCommand({ TagSpecifications })),
          )
          const InternetGatewayId = InternetGateway?.InternetGatewayId ?? ''
          made(InternetGatewayId)
          const VpcId = idOf(declared['vpc_id'])
          await carryOut(() => client.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId })))
        },
        isThere: (id) =>
          there(
            async () =>
              (await client.send(new DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] })))
                .InternetGateways,
          ),
        async remove(InternetGatewayId) {
          const request = { InternetGatewayIds: [InternetGatewayId] }
          const { InternetGateways } = await client.send(new DescribeInternetGatewaysCommand(request))
          for (const { VpcId } of InternetGateways?.[0]?.Attachments ?? [])
            await carryOut(() => client.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })))
          await carryOut(() => client.send(new DeleteInternetGatewayCommand({ InternetGatewayId })))
        },
      },
      aws_subnet: {
        async create(declared, { made, idOf }) {
          const CidrBlock = String(declared['cidr_block'])
          const request = {
            CidrBlock,
            VpcId: idOf(declared['vpc_id']),
            TagSpecifications: marks(declared, 'subnet'),
          }
          const { Subnet } = await carryOut(() => client.send(new CreateSubnetCommand(request)))
          made(Subnet?.SubnetId ?? '')
        },
        isThere: (id) =>
          there(async () => (await client.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))).Subnets),
        remove: (id) => carryOut(() => client.send(new DeleteSubnetCommand({ SubnetId: id }))),
      },
      aws_route: {
        async create(declared, { made, idOf }) {
          const RouteTableId = await mainTable(idOf(declared['route_table_id']))
          const DestinationCidrBlock = String(declared['destination_cidr_block'])
          const request = { RouteTableId, DestinationCidrBlock, GatewayId: idOf(declared['gateway_id']) }
          await carryOut(() => client.send(new CreateRouteCommand(request)))
          made(`r-${RouteTableId}${EVERYWHERE}`, { route_table_id: RouteTableId })
        },
        imported(importId) {
          const [RouteTableId = ''] = importId.split('_')
          return { id: `r-${RouteTableId}${EVERYWHERE}`, attributes: { route_table_id: RouteTableId } }
        },
        isThere: (id) =>
          there(async () => {
            const RouteTableId = tableOf(id)
            const { RouteTables } = await client.send(
              new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }),
            )
            return RouteTables?.[0]?.Routes?.filter((route) => route.DestinationCidrBlock === '0.0.0.0/0')
          }),
        remove(id) {
          const [RouteTableId, DestinationCidrBlock] = [tableOf(id), '0.0.0.0/0']
          return carryOut(() => client.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock })))
        },
      },
      aws_security_group: {
        async create(declared, { made, idOf }) {
          const { vpc_id: vpc, ingress } = declared
          const request = {
            GroupName: declared.name ?? '',
            Description: 'lab',
            ...(vpc === undefined ? {} : { VpcId: idOf(vpc) }),
            TagSpecifications: marks(declared, 'security-group'),
          }
          const { GroupId = '' } = await carryOut(() => client.send(new CreateSecurityGroupCommand(request)))
          made(GroupId)
          const [rule] = (ingress ?? []) as { cidr_blocks: string[] }[]
          if (rule === undefined) return
          const IpRanges = rule.cidr_blocks.map((CidrIp) => ({ CidrIp }))
          const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges }]
          await carryOut(() =>
            client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions })),
          )
        },
        isThere: (id) =>
          there(
            async () =>
              (await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))).SecurityGroups,
          ),
        remove: (id) => carryOut(() => client.send(new DeleteSecurityGroupCommand({ GroupId: id }))),
      },
      aws_instance: {
        async create(declared, { made, idOf }) {
          const { vpc_security_group_ids: groups, subnet_id: subnet, user_data: userData = '' } = declared
          const { Instances } = await carryOut(() =>
            client.send(
              new RunInstancesCommand({
                MinCount: 1,
                MaxCount: 1,
                ImageId: ami,
                KeyName: idOf(declared['key_name']),
                ...placeOf((groups as unknown[]).map(idOf), subnet === undefined ? undefined : idOf(subnet)),
                UserData: Buffer.from(String(userData)).toString('base64'),
                TagSpecifications: marks(declared, 'instance', 'volume'),
              }),
            ),
          )
          made(Instances?.[0]?.InstanceId ?? '')
        },
        isThere: async (id) =>
          ['pending', 'running', 'stopped'].includes(
            (await instance(id).catch(() => undefined))?.State?.Name ?? '',
          ),
        remove: (id) => carryOut(() => client.send(new TerminateInstancesCommand({ InstanceIds: [id] }))),
      },
    },
  }
}

/** The provider ends a route's id with a hash of its destination; this is the one of 0.0.0.0/0. */
const EVERYWHERE = '1080289494'
const tableOf = (route: string): string => route.slice('r-'.length, -EVERYWHERE.length)

/** A public address can only be requested for a machine with its own network card. */
const placeOf = (Groups: string[], SubnetId: string | undefined) =>
  SubnetId === undefined
    ? { SecurityGroupIds: Groups }
    : { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, Groups, AssociatePublicIpAddress: true }] }
