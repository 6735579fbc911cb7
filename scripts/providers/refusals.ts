import type { CloudName } from '../../distro-catalog/provider.js'
import { awsRefusals } from './aws/refusals.js'
import { azureRefusals } from './azure/refusals.js'
import type { CloudRefusal } from './faults.js'
import { googleRefusals } from './google/refusals.js'
import { meets, type Refusals } from './refusal-row.js'

export const refusalsOf: Readonly<Record<CloudName, Refusals>> = {
  aws: awsRefusals,
  azure: azureRefusals,
  google: googleRefusals,
}

/**
 * The refusal that a text tells of; undefined for what is not known. Where no `provider` is named, it is the one whose own
 * words come first: a text of one cloud may quote a name that reads as another's.
 */
export function findRefusal(text: string, provider?: CloudName): CloudRefusal | undefined {
  // OpenTofu breaks lines anywhere.
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const speaker = provider ?? speakerOf(line)
  if (speaker === undefined) return undefined
  const { rows, codesIn } = refusalsOf[speaker]
  const codes = codesIn(line)
  const row = rows.find((each) => meets(each, line, codes))
  return row === undefined ? undefined : { code: row.is, provider: speaker, reason: essence(line) }
}

interface Told {
  readonly text: string
  readonly provider?: CloudName
}

/** What the problems of one run tell of: first of all what stays as it is; the reason is in the words of all of them. */
export function findRefusalAmong(problems: readonly Told[]): CloudRefusal | undefined {
  const found = problems.flatMap(({ text, provider }) => findRefusal(text, provider) ?? [])
  const first = found.find(({ code }) => !PASSING.has(code)) ?? found[0]
  if (first === undefined) return undefined
  const reasons = problems.map(({ text }) => essence(text.replaceAll(/\s+/g, ' ').trim()))
  return { ...first, reason: [...new Set([first.reason, ...reasons])].join('; ') }
}

/** What may have passed by the next try. */
const PASSING: ReadonlySet<string> = new Set<CloudRefusal['code']>([
  'cloud-throttled',
  'cloud-not-ready',
  'cloud-unreachable',
])

const speakers = Object.entries(refusalsOf) as [CloudName, Refusals][]

function speakerOf(line: string): CloudName | undefined {
  const heard = speakers.flatMap(([name, { voice }]) => {
    const at = voice.exec(line)?.index
    return at === undefined ? [] : [{ name, at }]
  })
  return heard.sort((a, b) => a.at - b.at)[0]?.name
}

/** Without the requests' ids, AWS's sealed explanations and Azure's whole answers, which say nothing more to people. */
const essence = (line: string): string =>
  line
    .replaceAll(/ ?(RequestID|HostID): [^ ]*,/g, '')
    .replaceAll(/ ?(Trace|Correlation) ID: \S+/g, '')
    .replace(/ Encoded authorization failure message: \S+/, '')
    .replaceAll(/ Activity Id: "[^"]*"( ---)?/g, '')
    .replace(/ API Response: ----\[start\].*$/, '')
    .replaceAll(/^(Error: )+/g, '')
