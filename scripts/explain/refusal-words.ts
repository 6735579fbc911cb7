import type { CloudName } from '../../distro-catalog/provider-names.js'
import { clouds } from '../providers/clouds.js'

/** A zone that the cloud itself says has room; undefined if it names none. */
export function zoneWithRoom(reason: string): string | undefined {
  const match = /\bor choosing ([a-z0-9-]+)|\brequest in the ([a-z0-9-]+)(?:, [a-z0-9-]+)* zone/.exec(reason)
  return match?.[1] ?? match?.[2]
}

/** The organisation's rule that a refusal names. */
export function ruleIn(provider: CloudName, reason: string): string | undefined {
  for (const pattern of clouds[provider].words.rules) {
    const found = pattern.exec(reason)?.[1]
    if (found !== undefined) return found
  }
  return undefined
}

/** What the rule is about, if `up` has a flag for it. */
export function flagFor(provider: CloudName, reason: string): string | undefined {
  const rule = `${ruleIn(provider, reason) ?? ''} ${/Reasons?: .*?(?=Policy identifier|$)/.exec(reason)?.[0] ?? ''}`
  const wish = clouds[provider].words.wishIn === 'reason' ? reason : rule
  if (/tag policy|tag key/i.test(reason) || /\b(tags?|labels?)\b/i.test(wish)) return '--tag KEY=VALUE'
  if (/locations?\b|regions?\b/i.test(rule)) return 'a --region that it allows'
  return /size|sku|instance type|machineType/i.test(rule) ? 'an --instance-type that it allows' : undefined
}

/** What prevents a change: the scope of a lock, or what uses the thing. */
export function holderIn(reason: string): string | undefined {
  const match =
    /scope\(s\) are locked: '([^']+)'/.exec(reason) ?? /already being used by '([^']+)'/.exec(reason)
  return match?.[1]
}

/** The resource group in an Azure path. */
export const groupIn = (path: string): string | undefined => /resourceGroups\/([\w.()-]+)/i.exec(path)?.[1]
