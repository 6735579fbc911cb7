import type { CloudName } from '../../distro-catalog/provider.js'

/** A zone that the cloud itself says has room; undefined if it names none. */
export function zoneWithRoom(reason: string): string | undefined {
  const match = /\bor choosing ([a-z0-9-]+)|\brequest in the ([a-z0-9-]+)(?:, [a-z0-9-]+)* zone/.exec(reason)
  return match?.[1] ?? match?.[2]
}

const RULES: Readonly<Record<CloudName, readonly RegExp[]>> = {
  aws: [
    /tag key: '([^']+)'/,
    /(arn:aws[\w-]*:(?:organizations|iam):[\w:/.+=,@-]+policy\/[\w/.+=,@-]+)/,
    /explicit deny in (?:an?|the) ([a-z-]+(?: [a-z]+)*? (?:policy|boundary))/,
    /((?:service|resource) control policy|permissions boundary)/,
  ],
  azure: [
    /"policyAssignment": ?\{"name": ?"([^"]+)"/,
    /deny assignment with name '([^']+)'/,
    /policyAssignments\/([\w.-]+)/,
    /policyDefinitions\/([\w.-]+)/,
  ],
  google: [/((?:customConstraints|constraints)\/[\w.-]+\w)/],
}

/** The organisation's rule that a refusal names. */
export function ruleIn(provider: CloudName, reason: string): string | undefined {
  for (const pattern of RULES[provider]) {
    const found = pattern.exec(reason)?.[1]
    if (found !== undefined) return found
  }
  return undefined
}

/** What the rule is about, if `up` has a flag for it. */
export function flagFor(provider: CloudName, reason: string): string | undefined {
  const rule = `${ruleIn(provider, reason) ?? ''} ${/Reasons?: .*?(?=Policy identifier|$)/.exec(reason)?.[0] ?? ''}`
  // Google's constraints have one-word names; the words after the name say what they require.
  const wish = provider === 'google' ? reason : rule
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
