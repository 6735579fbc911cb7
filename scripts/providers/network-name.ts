import type { CloudName } from '../../distro-catalog/provider-names.js'
import { LabError } from '../errors.js'
import { clouds } from './clouds.js'

/** Whether a network is one of the user's own, which must be looked up. */
export const isNamed = (network: string): boolean => network !== 'own' && network !== 'default'

/** Throws LabError usage for a text that is not a network's name at this cloud. */
export function checkNetworkName(provider: CloudName, given: string): void {
  const { pattern, expected } = clouds[provider].networks
  if (!isNamed(given) || (given.length <= LIMIT && pattern.test(given))) return
  const problem = `--network: expected own, default, or ${expected}; got "${given}"`
  throw new LabError({ code: 'usage', problem })
}

/** A Name tag of AWS is the longest; groups, networks and subnets together are shorter. */
const LIMIT = 256
