import { fits, forms } from '../../backend/forms.js'
import type { CloudName } from '../../distro-catalog/provider.js'
import { isOurKey } from '../../stacks/naming.js'
import { LabError } from '../errors.js'

export type Tags = Readonly<Record<string, string>>

interface Rule {
  /** Undefined: everything that a record accepts. */
  readonly key?: RegExp
  readonly value?: RegExp
  readonly expected: string
  /** In addition to our own. */
  readonly most: number
}

/**
 * What each cloud allows beyond a record's rules, and what it reserves. AWS:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions (a machine's `Name` is
 * ours); Google: https://cloud.google.com/compute/docs/labeling-resources#restrictions; Azure:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations.
 */
const RULES: Readonly<Record<CloudName, Rule>> = {
  aws: {
    key: /^(?![Aa][Ww][Ss]:)(?!Name$)/,
    expected: 'a key other than Name that does not begin with aws:',
    most: 45,
  },
  google: {
    key: /^[a-z][a-z0-9_-]{0,62}$/,
    value: /^[a-z0-9_-]{0,63}$/,
    expected: 'a label: a key and a value of at most 63 of a-z, 0-9, _ and -, a letter first in the key',
    most: 60,
  },
  azure: {
    key: /^(?!microsoft|azure|windows)[^/]*$/i,
    expected: 'a key without / that does not begin with microsoft, azure or windows',
    most: 46,
  },
}

/** Throws LabError usage for tags that this cloud does not accept. */
export function checkTags(provider: CloudName, tags: Tags): void {
  const { key, value, expected, most } = RULES[provider]
  const entries = Object.entries(tags)
  const bad = entries.find(([name, text]) => key?.test(name) === false || value?.test(text) === false)
  if (bad !== undefined) throw refused(`${provider} expects ${expected}`, bad.join('='))
  if (entries.length > most) throw refused(`${provider} accepts at most ${most} tags`, String(entries.length))
}

type Tag = readonly [key: string, value: string]

/** `team=infra` → one tag. `setting`: the flag or variable. Throws LabError usage. */
export function parseTag(setting: string, given: string): Tag {
  const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(given) ?? []
  if (key === '') throw refused('expected KEY=VALUE', given, setting)
  return checkTag(setting, [key, value])
}

/** Accepts tags that every record accepts and that are not our own. Throws LabError usage. */
export function checkTag(setting: string, [key, value]: Tag): Tag {
  if (!fits('tagKey', key)) throw refused(`expected ${forms.tagKey.description}`, key, setting)
  if (!fits('tagValue', value)) throw refused(`expected ${forms.tagValue.description}`, value, setting)
  if (isOurKey(key)) throw refused('keys that begin with distrolab- are reserved', key, setting)
  return [key, value]
}

const refused = (what: string, got: string, setting = '--tag'): LabError =>
  new LabError({ code: 'usage', problem: `${setting}: ${what}; got "${got}"` })
