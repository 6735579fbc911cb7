import type { CloudName } from '../../distro-catalog/provider-names.js'
import { clouds, isCloudName } from './clouds.js'
import type { CloudRefusal } from './faults.js'
import { meets } from './refusal-row.js'

/**
 * The refusal in a text; undefined if it is not known. If no `provider` is given, the cloud whose own words
 * come first counts: a text of one cloud may quote a name that looks like another's.
 */
export function findRefusal(text: string, provider?: CloudName): CloudRefusal | undefined {
  // OpenTofu breaks lines anywhere.
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const speaker = provider ?? speakerOf(line)
  if (speaker === undefined) return undefined
  const { rows, codesIn } = clouds[speaker].refusals
  const codes = codesIn(line)
  const row = rows.find((each) => meets(each, line, codes))
  return row === undefined ? undefined : { code: row.is, provider: speaker, reason: essence(line) }
}

interface Told {
  readonly text: string
  readonly provider?: CloudName
}

/** The refusal in the problems of one run, permanent ones first; the reason quotes all of them. */
export function findRefusalAmong(problems: readonly Told[]): CloudRefusal | undefined {
  const found = problems.flatMap(({ text, provider }) => findRefusal(text, provider) ?? [])
  const first = found.find(({ code }) => !PASSING.has(code)) ?? found[0]
  if (first === undefined) return undefined
  const reasons = problems.map(({ text }) => essence(text.replaceAll(/\s+/g, ' ').trim()))
  return { ...first, reason: [...new Set([first.reason, ...reasons])].join('; ') }
}

/** Refusals that may not occur on the next try. */
const PASSING: ReadonlySet<string> = new Set<CloudRefusal['code']>([
  'cloud-throttled',
  'cloud-not-ready',
  'cloud-unreachable',
])

const speakers = Object.keys(clouds).filter(isCloudName)

function speakerOf(line: string): CloudName | undefined {
  const heard = speakers.flatMap((name) => {
    const at = clouds[name].refusals.voice.exec(line)?.index
    return at === undefined ? [] : [{ name, at }]
  })
  return heard.sort((a, b) => a.at - b.at)[0]?.name
}

/** Without request ids, AWS's encoded explanations and Azure's whole answers, which do not help people. */
const essence = (line: string): string =>
  line
    .replaceAll(/ ?(RequestID|HostID): [^ ]*,/g, '')
    .replaceAll(/ ?(Trace|Correlation) ID: \S+/g, '')
    .replace(/ Encoded authorization failure message: \S+/, '')
    .replaceAll(/ Activity Id: "[^"]*"( ---)?/g, '')
    .replace(/ API Response: ----\[start\].*$/, '')
    .replaceAll(/^(Error: )+/g, '')
