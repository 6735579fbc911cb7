import { fitName } from '../naming.js'

/**
 * RFC 1035: lower-case letters, digits and dashes; starts with a letter, does not end with a dash. For
 * instances, networks, rules and tags.
 */
const LIMIT = 63

/** `base` as from `machineId`. */
export const machineName = (base: string): string => fitName(base, LIMIT)

/** Network and network tag of a lab. `base` as from `labId`. */
export const labName = (base: string): string => fitName(base, LIMIT)

/** The firewall rules of a lab. */
export const RULES = ['ssh', 'deny', 'members'] as const

export const ruleName = (base: string, rule: (typeof RULES)[number]): string =>
  fitName(`${base}-${rule}`, LIMIT)

/** An image; distros have dots and architectures underscores. `base` as from `imageId`. */
export const imageName = (base: string): string => fitName(base.replaceAll(/[^a-z0-9-]/g, '-'), LIMIT)

/**
 * Labels accept lower-case letters, digits, `-` and `_`, at most 63 characters: `2026-11-21T12:00:00Z` →
 * `2026-11-21t12-00-00z`.
 */
export const labelValue = (value: string): string =>
  value
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .slice(0, LIMIT)
