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
}

/** The rules are the lab's own in any network: they are bound to its cards. */
export function buildNetwork(stack: TerraformStack, spec: AzureLabSpec, group: ResourceGroup): Network {
  const isOwn = spec.network === 'own' || spec.network === 'default'
  const subnetId = isOwn ? buildOwnSubnet(stack, spec, group) : spec.network.subnet
  const security = new NetworkSecurityGroup(stack, 'lab_access', {
    ...placeOf(spec, group),
    name: partName(spec.id, 'access'),
  })
  security.addOverride('security_rule', buildRules(spec.allowFrom))
  return { subnetId, security }
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

/** Without a rule nothing comes in from outside. Raw for the same reason as the subnet. */
function buildRules(allowFrom: readonly string[]): unknown[] {
  const prefixes = allowFrom.filter((cidr) => !cidr.includes(':'))
  if (prefixes.length === 0) return []
  return [
    {
      name: 'ssh',
      description: 'SSH from the allowed networks only',
      priority: 100,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      source_address_prefix: '',
      source_address_prefixes: prefixes,
      source_port_range: '*',
      source_port_ranges: [],
      source_application_security_group_ids: [],
      destination_address_prefix: '*',
      destination_address_prefixes: [],
      destination_port_range: '22',
      destination_port_ranges: [],
      destination_application_security_group_ids: [],
    },
  ]
}

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
  return { interfaceId: card.id, address: address.ipAddress }
}

export const placeOf = ({ tags }: AzureLabSpec, group: ResourceGroup) => ({
  location: group.location,
  resourceGroupName: group.name,
  tags: { ...tags },
})
