import type { CloudName } from '../../distro-catalog/provider.js'
import { LabError } from '../errors.js'

/** How each cloud names a user's network, and a subnet in it. */
const NAMES: Readonly<Record<CloudName, { readonly pattern: RegExp; readonly expected: string }>> = {
  aws: {
    pattern: /^[^/]+$/,
    expected: 'the id of a VPC or subnet (vpc-…, subnet-…), or the Name tag of a VPC',
  },
  google: {
    pattern: /^[a-z](?:[a-z0-9-]*[a-z0-9])?(?:\/[a-z](?:[a-z0-9-]*[a-z0-9])?)?$/,
    expected: 'NETWORK or NETWORK/SUBNETWORK',
  },
  azure: {
    pattern: /^[^/]+\/[^/]+(?:\/[^/]+)?$/,
    expected: 'GROUP/NETWORK or GROUP/NETWORK/SUBNET',
  },
}

/** Whether a network is one of the user's own, which must be looked up. */
export const isNamed = (network: string): boolean => network !== 'own' && network !== 'default'

/** Throws LabError usage for a text that is not a network's name at this cloud. */
export function checkNetworkName(provider: CloudName, given: string): void {
  const { pattern, expected } = NAMES[provider]
  if (!isNamed(given) || (given.length <= LIMIT && pattern.test(given))) return
  const problem = `--network: expected own, default, or ${expected}; got "${given}"`
  throw new LabError({ code: 'usage', problem })
}

/** A Name tag of AWS is the longest; groups, networks and subnets together are shorter. */
const LIMIT = 256
