import { ApplicationSecurityGroup } from '@cdktf/provider-azurerm/lib/application-security-group/index.js'
import { NetworkInterfaceApplicationSecurityGroupAssociation } from '@cdktf/provider-azurerm/lib/network-interface-application-security-group-association/index.js'
import { NetworkInterfaceSecurityGroupAssociation } from '@cdktf/provider-azurerm/lib/network-interface-security-group-association/index.js'
import { NetworkInterface } from '@cdktf/provider-azurerm/lib/network-interface/index.js'
import { NetworkSecurityGroup } from '@cdktf/provider-azurerm/lib/network-security-group/index.js'
import { PublicIp } from '@cdktf/provider-azurerm/lib/public-ip/index.js'
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group/index.js'
import { VirtualNetwork } from '@cdktf/provider-azurerm/lib/virtual-network/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import type { CloudMachine } from '../cloud-spec.js'
import { partName } from './names.js'
import type { AzureLabSpec } from './spec.js'

export interface Network {
  /** An id, or an expression for the engine. */
  readonly subnetId: string
  readonly security: NetworkSecurityGroup
  /** The group that every machine of a lab of several is in. */
  readonly membersId?: string
}

/** The rules are the lab's own in any network: they are bound to its cards. */
export function buildNetwork(stack: TerraformStack, spec: AzureLabSpec, group: ResourceGroup): Network {
  const isOwn = spec.network === 'own' || spec.network === 'default'
  const subnetId = isOwn ? buildOwnSubnet(stack, spec, group) : spec.network.subnet
  const security = new NetworkSecurityGroup(stack, 'lab_access', {
    ...placeOf(spec, group),
    name: partName(spec.id, 'access'),
  })
  if (spec.machines.length === 1) {
    security.addOverride('security_rule', sshRules(spec.allowFrom))
    return { subnetId, security }
  }
  const members = new ApplicationSecurityGroup(stack, 'lab_members', {
    ...placeOf(spec, group),
    name: partName(spec.id, 'members'),
  })
  security.addOverride('security_rule', [...sshRules(spec.allowFrom), ...memberRules(members.id)])
  return { subnetId, security, membersId: members.id }
}

/** Part of the network's own call, with the rules beside it, so that neither waits for the other. */
function buildOwnSubnet(stack: TerraformStack, spec: AzureLabSpec, group: ResourceGroup): string {
  const common = placeOf(spec, group)
  const network = new VirtualNetwork(stack, 'lab_network', {
    ...common,
    name: partName(spec.id, 'network'),
    addressSpace: ['10.77.0.0/16'],
  })
  // Raw, because the provider treats a subnet as one value: it needs every field, even null ones, which the
  // class leaves out.
  network.addOverride('subnet', [
    {
      name: 'machines',
      address_prefixes: ['10.77.0.0/24'],
      default_outbound_access_enabled: true,
      delegation: [],
      id: null,
      private_endpoint_network_policies: 'Disabled',
      private_link_service_network_policies_enabled: true,
      route_table_id: null,
      security_group: '',
      service_endpoint_policy_ids: null,
      ...(isBefore5(spec) ? { service_endpoints: null } : { service_endpoint: [] }),
    },
  ])
  return `\${one(${network.fqn}.subnet[*].id)}`
}

/** Version 5 of the provider names the endpoints of a subnet differently. */
const isBefore5 = ({ providerVersion }: AzureLabSpec): boolean =>
  providerVersion === null || Number.parseInt(providerVersion) < 5

/** Without a rule nothing comes in from outside. */
function sshRules(allowFrom: readonly string[]): unknown[] {
  const prefixes = allowFrom.filter((cidr) => !cidr.includes(':'))
  if (prefixes.length === 0) return []
  const description = 'SSH from the allowed networks only'
  return [
    inboundRule(
      { name: 'ssh', description, priority: 100, access: 'Allow', protocol: 'Tcp' },
      { prefixes },
      { prefix: '*', port: '22' },
    ),
  ]
}

/** Azure's own rule 65000 lets in everyone who is in the same network, or in one that is connected with it. */
const memberRules = (membersId: string): unknown[] => [
  inboundRule(
    {
      name: 'members',
      description: 'everything between the machines of the lab',
      priority: 200,
      access: 'Allow',
      protocol: '*',
    },
    { groups: [membersId] },
    { groups: [membersId], port: '*' },
  ),
  inboundRule(
    {
      name: 'others',
      description: 'nothing from other machines of the network',
      priority: 4096,
      access: 'Deny',
      protocol: '*',
    },
    { prefix: 'VirtualNetwork' },
    { prefix: '*', port: '*' },
  ),
]

interface Rule {
  readonly name: string
  readonly description: string
  readonly priority: number
  readonly access: 'Allow' | 'Deny'
  readonly protocol: 'Tcp' | '*'
}

/** Either a prefix, prefixes, or application security groups. */
interface Side {
  readonly prefix?: string
  readonly prefixes?: readonly string[]
  readonly groups?: readonly string[]
}

/** Raw for the same reason as the subnet: the provider needs every field. */
const inboundRule = (
  { name, description, priority, access, protocol }: Rule,
  from: Side,
  to: Side & { readonly port: string },
): unknown => ({
  name,
  description,
  priority,
  direction: 'Inbound',
  access,
  protocol,
  source_address_prefix: from.prefix ?? '',
  source_address_prefixes: from.prefixes ?? [],
  source_port_range: '*',
  source_port_ranges: [],
  source_application_security_group_ids: from.groups ?? [],
  destination_address_prefix: to.prefix ?? '',
  destination_address_prefixes: to.prefixes ?? [],
  destination_port_range: to.port,
  destination_port_ranges: [],
  destination_application_security_group_ids: to.groups ?? [],
})

export interface Connection {
  readonly interfaceId: string
  readonly address: string
}

/**
 * A Standard address is closed until the rules are bound to its card, so the machine need not wait for that.
 */
export function buildConnection(
  stack: TerraformStack,
  spec: AzureLabSpec,
  machine: CloudMachine,
  group: ResourceGroup,
  network: Network,
): Connection {
  const base = `${spec.id}-${machine.name}`
  const common = placeOf(spec, group)
  const address = new PublicIp(stack, `${machine.name}_address`, {
    ...common,
    name: partName(base, 'ip'),
    allocationMethod: 'Static',
    sku: 'Standard',
    ...(spec.zone === null ? {} : { zones: [spec.zone] }),
  })
  const card = new NetworkInterface(stack, `${machine.name}_card`, {
    ...common,
    name: partName(base, 'nic'),
    ipConfiguration: [
      {
        name: 'main',
        subnetId: network.subnetId,
        privateIpAddressAllocation: 'Dynamic',
        publicIpAddressId: address.id,
      },
    ],
  })
  new NetworkInterfaceSecurityGroupAssociation(stack, `${machine.name}_access`, {
    networkInterfaceId: card.id,
    networkSecurityGroupId: network.security.id,
  })
  if (network.membersId !== undefined)
    new NetworkInterfaceApplicationSecurityGroupAssociation(stack, `${machine.name}_membership`, {
      networkInterfaceId: card.id,
      applicationSecurityGroupId: network.membersId,
    })
  return { interfaceId: card.id, address: address.ipAddress }
}

export const placeOf = ({ tags }: AzureLabSpec, group: ResourceGroup) => ({
  location: group.location,
  resourceGroupName: group.name,
  tags: { ...tags },
})
