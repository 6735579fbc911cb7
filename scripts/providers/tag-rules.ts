import { fits, forms } from '../../backend/forms.js'
import type { CloudName } from '../../distro-catalog/provider-names.js'
import { isOurKey } from '../../stacks/naming.js'
import { LabError } from '../errors.js'
import { clouds } from './clouds.js'

export type Tags = Readonly<Record<string, string>>

/** Throws LabError usage for tags that this cloud does not accept. */
export function checkTags(provider: CloudName, tags: Tags): void {
  const { key, value, expected, most } = clouds[provider].tags
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
