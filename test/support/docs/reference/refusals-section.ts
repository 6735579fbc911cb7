import type { CloudName } from '../../../../distro-catalog/provider-names.js'
import {
  cloudRefusalCodes,
  type CloudRefusal,
  type CloudRefusalCode,
} from '../../../../scripts/providers/faults.js'
import { clouds } from '../../../../scripts/providers/clouds.js'
import type { RefusalRow } from '../../../../scripts/providers/refusal-row.js'
import { LabError } from '../../../../scripts/errors.js'
import { explain } from '../../../../scripts/explain.js'
import { TITLE } from '../../../../scripts/explain/refusal-faults.js'
import { anchorOf, blocks, code, table } from './markdown.js'

/** In short; the error's own section shows the whole command. */
const WAYS: Readonly<Record<CloudRefusalCode, string>> = {
  'cloud-capacity': 'another `--zone`, `--region` or `--instance-type`',
  'cloud-not-offered': 'another `--zone`, `--region` or `--instance-type`',
  'cloud-quota': '`--size small`, another `--region`, or a higher quota',
  'cloud-network': '`--network own`',
  'cloud-policy': 'do as the rule asks (`--tag`, `--region`, `--instance-type`), or have it changed',
  'cloud-account': 'have the account opened by its owner',
  'cloud-exists': '`recover`, then `up`',
  'cloud-in-use': 'have the lock or the user of it removed',
  'cloud-not-ready': 'the same command in a minute',
  'cloud-credentials-refused': 'log in again',
  'cloud-forbidden': 'have the right granted',
  'cloud-service-disabled': 'switch the service on',
  'cloud-region-disabled': 'another `--region`, or switch this one on',
  'cloud-zone-unknown': 'another `--zone`, or none',
  'cloud-throttled': 'the same command in a minute',
  'cloud-unreachable': 'check the network',
  'cloud-image-gone': '`swap` to a newer image, or `down` and `up`',
  'cloud-terms': "accept the image's terms",
}

/** What each cloud says, a line for each code or sentence, as `scripts/providers/` knows it. */
export const refusalsSection = (): string =>
  blocks(
    '## What clouds say',
    [
      'Which error a refusal becomes, by the code or the words that the cloud or its OpenTofu provider uses; `…` stands for',
      'anything. What is not here is [`cloud-failed`](#cloud-failed) or [`engine-failed`](#engine-failed), and is shown in',
      "the cloud's own words.",
    ].join(' '),
    ...(Object.keys(clouds) as CloudName[]).map(cloudTable),
  )

function cloudTable(provider: CloudName): string {
  const { rows } = clouds[provider].refusals
  const lines = cloudRefusalCodes.flatMap((is) => {
    const fault: CloudRefusal = { code: is, provider, reason: '' }
    const { exitCode } = explain(new LabError(fault))
    const said = [...new Set(rows.filter((row) => row.is === is).flatMap(saidIn))]
    return said.map((each) => [each, `[${code(is)}](#${anchorOf(is)})`, WAYS[is], code(String(exitCode))])
  })
  return blocks(
    `### Said by ${TITLE[provider]}`,
    table([`${TITLE[provider]} says`, 'error', 'what to do', 'exit code'], lines),
  )
}

function saidIn({ codes = [], words = [] }: RefusalRow): readonly string[] {
  const phrases = words.map(shown)
  if (codes.length === 0) return phrases
  const names = codes.map(shown)
  return words.length === 0 ? names : [`${names.join(' or ')}, with ${phrases.join(' or ')}`]
}

const shown = (phrase: string): string => code(phrase.replaceAll('……', '…'))
