import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js'
import { Route } from '@cdktf/provider-aws/lib/route/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js'
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js'
import type { ITerraformDependable } from 'cdktf/lib/terraform-dependable.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { labName } from './names.js'
import type { AwsLabSpec } from './spec.js'

export interface Network {
  readonly securityGroupIds: string[]
  /** Absent in the default VPC: AWS picks a subnet that offers the instance type. */
  readonly subnetId?: string
  readonly dependsOn: ITerraformDependable[]
}

/**
 * The default VPC needs no look-up: a group without a VPC is in it. In an existing VPC only the group is
 * made.
 */
export function buildNetwork(stack: TerraformStack, spec: AwsLabSpec, base: string): Network {
  if (spec.network === 'default') {
    return { securityGroupIds: [buildSecurityGroup(stack, spec, base).id], dependsOn: [] }
  }
  if (spec.network !== 'own') {
    const { id, subnet } = spec.network
    return {
      securityGroupIds: [buildSecurityGroup(stack, spec, base, id).id],
      subnetId: subnet,
      dependsOn: [],
    }
  }
  const tags = { ...spec.tags, Name: labName(base) }
  const vpc = new Vpc(stack, 'lab_network', { cidrBlock: '10.77.0.0/16', enableDnsHostnames: true, tags })
  const gateway = new InternetGateway(stack, 'lab_gateway', { vpcId: vpc.id, tags })
  const subnet = new Subnet(stack, 'lab_subnet', {
    vpcId: vpc.id,
    cidrBlock: '10.77.0.0/24',
    ...(spec.zone === null ? {} : { availabilityZone: spec.zone }),
    tags,
  })
  const route = new Route(stack, 'lab_route', {
    routeTableId: vpc.mainRouteTableId,
    destinationCidrBlock: '0.0.0.0/0',
    gatewayId: gateway.id,
  })
  const group = buildSecurityGroup(stack, spec, base, vpc.id)
  return { securityGroupIds: [group.id], subnetId: subnet.id, dependsOn: [route] }
}

/** The provider needs every field of a rule. */
const NO_OTHERS = { prefixListIds: [], securityGroups: [], selfAttribute: false }

const MEMBERS = {
  ...NO_OTHERS,
  selfAttribute: true,
  protocol: '-1',
  fromPort: 0,
  toPort: 0,
  description: 'everything between the machines of the lab',
  cidrBlocks: [],
  ipv6CidrBlocks: [],
}

/** Rules are attributes of the group: this takes one call. */
function buildSecurityGroup(
  stack: TerraformStack,
  { allowFrom, tags, machines }: AwsLabSpec,
  base: string,
  vpcId?: string,
): SecurityGroup {
  const ssh = {
    ...NO_OTHERS,
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    description: 'SSH',
    cidrBlocks: allowFrom.filter((cidr) => !cidr.includes(':')),
    ipv6CidrBlocks: allowFrom.filter((cidr) => cidr.includes(':')),
  }
  const everything = {
    ...NO_OTHERS,
    protocol: '-1',
    fromPort: 0,
    toPort: 0,
    description: 'everything the machine asks for',
    cidrBlocks: ['0.0.0.0/0'],
    ipv6CidrBlocks: ['::/0'],
  }
  return new SecurityGroup(stack, 'lab_access', {
    name: labName(base),
    description: 'distrolab: SSH from the allowed networks only',
    ...(vpcId === undefined ? {} : { vpcId }),
    ingress: [...(allowFrom.length === 0 ? [] : [ssh]), ...(machines.length > 1 ? [MEMBERS] : [])],
    egress: [everything],
    revokeRulesOnDelete: false,
    tags: { ...tags, Name: labName(base) },
  })
}
