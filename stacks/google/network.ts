import { ComputeFirewall } from '@cdktf/provider-google/lib/compute-firewall/index.js'
import { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network/index.js'
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork/index.js'
import type { ITerraformDependable } from 'cdktf/lib/terraform-dependable.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { isOurKey } from '../naming.js'
import { labName, ruleName, type RULES } from './names.js'
import type { GoogleLabSpec } from './spec.js'

export interface Network {
  readonly interface: { readonly network: string } | { readonly subnetwork: string }
  /** The network tag that the rules apply to. */
  readonly tag: string
  readonly dependsOn: ITerraformDependable[]
}

/** Below the 65534 of a default network's own rules, which let the whole internet in. */
const ALLOW_PRIORITY = 800
const DENY_PRIORITY = 900

/**
 * In the default network, or an existing one, a rule closes machines with the lab's tag to everything except
 * the allowed networks. A machine waits for that rule, so it is never open. The lab's own network is closed
 * by default.
 */
export function buildNetwork(stack: TerraformStack, spec: GoogleLabSpec): Network {
  const tag = labName(spec.id)
  if (spec.network !== 'own') {
    const existing = spec.network === 'default' ? undefined : spec.network
    const network = existing?.id ?? 'default'
    const deny = new ComputeFirewall(stack, 'lab_deny', {
      ...ruleBase(spec, 'deny', network),
      priority: DENY_PRIORITY,
      sourceRanges: ['0.0.0.0/0'],
      deny: [{ protocol: 'all' }],
    })
    buildAllow(stack, spec, network)
    buildMembers(stack, spec, network)
    const place = existing === undefined ? { network } : { subnetwork: existing.subnet }
    return { interface: place, tag, dependsOn: [deny] }
  }
  const network = new ComputeNetwork(stack, 'lab_network', {
    name: labName(spec.id),
    description: describe(spec),
    autoCreateSubnetworks: false,
    lifecycle: KEEP_DESCRIPTION,
  })
  const subnetwork = new ComputeSubnetwork(stack, 'lab_subnet', {
    name: labName(spec.id),
    description: describe(spec),
    region: spec.region,
    network: network.id,
    ipCidrRange: '10.77.0.0/24',
    lifecycle: KEEP_DESCRIPTION,
  })
  buildAllow(stack, spec, network.name)
  buildMembers(stack, spec, network.name)
  return { interface: { subnetwork: subnetwork.id }, tag, dependsOn: [] }
}

/** The description says when the lab expires; changing it would recreate a network. */
const KEEP_DESCRIPTION = { ignoreChanges: ['description'] }

/** These networks are IPv4 only, and a rule accepts only one address family. */
function buildAllow(stack: TerraformStack, spec: GoogleLabSpec, network: string): void {
  const sourceRanges = spec.allowFrom.filter((cidr) => !cidr.includes(':'))
  if (sourceRanges.length === 0) return
  new ComputeFirewall(stack, 'lab_access', {
    ...ruleBase(spec, 'ssh', network),
    priority: ALLOW_PRIORITY,
    sourceRanges,
    allow: [{ protocol: 'tcp', ports: ['22'] }],
  })
}

/** Machines with the lab's tag reach each other, whatever the network's own rules say. */
function buildMembers(stack: TerraformStack, spec: GoogleLabSpec, network: string): void {
  if (spec.machines.length === 1) return
  new ComputeFirewall(stack, 'lab_members', {
    ...ruleBase(spec, 'members', network),
    priority: ALLOW_PRIORITY,
    sourceTags: [labName(spec.id)],
    allow: [{ protocol: 'all' }],
  })
}

const ruleBase = (spec: GoogleLabSpec, rule: (typeof RULES)[number], network: string) => ({
  name: ruleName(spec.id, rule),
  description: describe(spec),
  network,
  direction: 'INGRESS',
  targetTags: [labName(spec.id)],
})

/**
 * Networks and rules have no labels, so the description holds the marks. The user's own tags might not fit.
 */
const describe = ({ tags }: GoogleLabSpec): string =>
  Object.entries(tags)
    .filter(([key]) => isOurKey(key))
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
