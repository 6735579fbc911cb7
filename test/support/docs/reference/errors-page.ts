import { explain, type ExplainedError } from '../../../../scripts/explain.js'
import { errorGroups, type Entry, type Group } from './error-groups.js'
import { exitCodes } from './exit-codes.js'
import { anchorOf, blocks, code, fenced, generatedNote, table } from './markdown.js'
import { refusalsSection } from './refusals-section.js'

const INTERNAL = explain(new TypeError('size is not iterable'))

/** The last line of a hint that names a page of docs/runbooks/. */
const RUNBOOK = /\n {2}More: .*?(?:docs\/runbooks\/|\bdocs )([a-z-]+)(?:\.md)?\s*$/

const runbookOf = ({ hint }: ExplainedError): string | undefined => RUNBOOK.exec(hint)?.[1]

/** As it stands on the screen, without the line that names the runbook. */
function screen(told: ExplainedError): string {
  const hint = told.hint.replace(RUNBOOK, '')
  return `Error: ${told.message}${hint === '' ? '' : `\nNext:  ${hint}`}`
}

function entrySection({ heading, told }: Entry): string {
  const codes = [...new Set(told.map(({ exitCode }) => code(String(exitCode))))]
  const runbooks = [...new Set(told.flatMap((each) => runbookOf(each) ?? []))]
  const links = runbooks.map((name) => `[${name}](../runbooks/${name}.md)`)
  return blocks(
    `### ${heading}`,
    [
      `Exit code ${codes.join(' or ')}.`,
      ...(links.length === 0 ? [] : [`Runbook: ${links.join(', ')}.`]),
    ].join(' '),
    ...told.map((each) => fenced('text', screen(each))),
  )
}

const groupSection = (group: Group): string =>
  blocks(`## ${group.title}`, group.intro, ...group.entries.map(entrySection))

/** Each has an anchor, such as `errors.md#exit-code-4`. */
const byExitCode = (groups: readonly Group[]): string =>
  blocks(
    ...exitCodes
      .filter(([exitCode]) => exitCode !== 0)
      .map(([exitCode, meaning]) =>
        blocks(`### Exit code ${exitCode}`, sentence(meaning), codeList(groups, exitCode)),
      ),
  )

/** The codes that exit so, one line for each group. */
function codeList(groups: readonly Group[], exitCode: number): string {
  const lines = groups.flatMap(({ title, entries }) => {
    const found = entries.filter(({ told }) => told.some((each) => each.exitCode === exitCode))
    const links = found.map(({ code: name, heading }) => `[${code(name)}](#${anchorOf(heading)})`)
    return links.length === 0 ? [] : [`- ${title}: ${links.join(', ')}`]
  })
  return lines.join('\n')
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`

const inside: Group = {
  title: 'Inside distrolab',
  intro: 'An error that has no code of its own is a mistake in distrolab.',
  entries: [{ code: INTERNAL.code, heading: code(INTERNAL.code), told: [INTERNAL] }],
}

export function errorsPage(): string {
  const groups = [...errorGroups(), inside]
  return blocks(
    generatedNote(
      'scripts/explain/, scripts/providers/*/refusals.ts and the samples in test/support/cli/faults.ts',
    ),
    '# Errors',
    [
      'Every error has a code, which `-o json` prints as `error.code`. Names, numbers and addresses below are examples, such as',
      'the lab `web`. An error that gives different advice in different cases is shown once for each.',
    ].join(' '),
    [
      'If you have a symptom and no code, start at [Symptoms](../symptoms.md).',
      "If you have a cloud's code or words, look under [What clouds say](#what-clouds-say).",
    ].join(' '),
    table(
      ['where it arises', 'codes'],
      groups.map(({ title, entries }) => [`[${title}](#${anchorOf(title)})`, String(entries.length)]),
    ),
    '## By exit code',
    byExitCode(groups),
    ...groups.map(groupSection),
    refusalsSection(),
  )
}
