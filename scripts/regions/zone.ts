import { fits } from '../../backend/forms.js'
import type { CloudName } from '../../distro-catalog/provider-names.js'
import { LabError } from '../errors.js'
import { clouds } from '../providers/clouds.js'

/**
 * The zone that `--zone` means: its whole name, or the part after the region's (`b`; Azure: `1`). Throws
 * LabError usage for one that cannot be in this region.
 */
export function zoneIn(provider: CloudName, region: string, given: string): string {
  const { example, prefix, short } = clouds[provider].zones(region)
  if (short.test(given)) return `${prefix}${given}`
  const isWhole = prefix !== '' && given.startsWith(prefix) && given.length > prefix.length
  if (isWhole && fits('zone', given)) return given
  const problem = `--zone: expected a zone of ${region} such as ${example}, got "${given}"; use --region for another region`
  throw new LabError({ code: 'usage', problem })
}
