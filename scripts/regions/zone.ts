import { fits } from '../../backend/forms.js'
import type { CloudName } from '../../distro-catalog/provider.js'
import { LabError } from '../errors.js'

/** How each cloud names the zones of a region. Which there are only the cloud itself knows, and they differ by account. */
const ZONES: Readonly<
  Record<CloudName, (region: string) => { readonly example: string; readonly join: string }>
> = {
  aws: (region) => ({ example: `${region}a`, join: region }),
  google: (region) => ({ example: `${region}-b`, join: `${region}-` }),
  azure: () => ({ example: '1', join: '' }),
}

/** Of a provider, by its name in a record. */
export const hasZones = (provider: string): provider is CloudName => Object.hasOwn(ZONES, provider)

/**
 * The zone that `--zone` means: its whole name, or what comes after the region's (`b`; Azure: `1`). Throws LabError usage
 * for one that can't be in this region.
 */
export function zoneIn(provider: CloudName, region: string, given: string): string {
  const { example, join } = ZONES[provider](region)
  const isShort = provider === 'azure' ? /^[1-9]$/ : /^[a-z]$/
  if (isShort.test(given)) return `${join}${given}`
  const isWhole = join !== '' && given.startsWith(join) && given.length > join.length
  if (isWhole && fits('zone', given)) return given
  const problem = `--zone: expected a zone of ${region} such as ${example}, got "${given}"; use --region for another region`
  throw new LabError({ code: 'usage', problem })
}
