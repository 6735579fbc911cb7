import type { PlanEntry } from '../lifecycle/plan/all.js'
import { code } from './markdown.js'
import { detailsOf } from './plan-details.js'
import { verdictOf, type Verdict } from './plan-verdict.js'

export interface MarkdownOptions {
  /** The command that prints all of it. */
  readonly whole: string
  /** The page of the CI run; undefined outside CI. */
  readonly runUrl: string | undefined
  readonly now: Date
}

/** GitHub refuses a comment of 65 536 characters; the rest is for what a workflow puts around it. */
export const MOST_CHARACTERS = 64_000
/** Kept free for the notes about what was cut. */
const FOR_NOTES = 4_000

const WORDS: Readonly<Record<Verdict, string>> = {
  create: 'create',
  change: 'change in place',
  replace: '**replace: data on it is lost**',
  reset: '**reset: what changed since its baseline is lost**',
  destroy: '**destroy**',
  nothing: 'nothing',
  refused: '**refused**',
  stays: 'nothing (not declared)',
}

/** For a comment on a pull request: one line for each lab, then its details, folded. */
export function renderPlanMarkdown(entries: readonly PlanEntry[], options: MarkdownOptions): string {
  const head = [`### distrolab plan: ${totalsOf(entries)}`, '', ...notesOf(entries)]
  const table = fitting(entries.map(rowOf), MOST_CHARACTERS - FOR_NOTES - head.join('\n').length)
  const lines = [...head, '| lab | plan | profile | per hour |', '| --- | --- | --- | --- |', ...table]
  const room = MOST_CHARACTERS - FOR_NOTES - lines.join('\n').length
  const all = entries.flatMap((entry) => (entry.kind === 'planned' ? [detailsOf(entry, options.now)] : []))
  const details = fitting(all, room)
  const cut = [
    ...cutNote(entries.length - table.length, 'labs', options),
    ...cutNote(all.length - details.length, 'details', options),
  ]
  return [...lines, ...cut, ...details].join('\n')
}

/** As many from the beginning as there is room for. */
function fitting(texts: readonly string[], room: number): readonly string[] {
  let left = room
  const last = texts.findIndex((text) => (left -= text.length + 1) < 0)
  return last < 0 ? texts : texts.slice(0, last)
}

function cutNote(count: number, what: 'labs' | 'details', { whole, runUrl }: MarkdownOptions): string[] {
  if (count === 0) return []
  const subject = what === 'labs' ? `${count} labs are` : `The details of ${count} labs are`
  const place = runUrl === undefined ? '' : `, as in the [output of this run](<${encodeURI(runUrl)}>)`
  return [
    '',
    `**${subject} left out: this comment is full.** ${code(`distrolab ${whole}`)} shows all of it${place}.`,
  ]
}

function notesOf(entries: readonly PlanEntry[]): readonly string[] {
  const blind = entries.filter((entry) => entry.kind === 'planned' && entry.plan.notRefreshed !== null)
  if (blind.length === 0) return []
  const which = blind.length === entries.length ? '' : ` for ${blind.length} of ${entries.length} labs`
  return [
    `_Not refreshed_${which}: this shows what would be made, from configuration, records and synthesis. No cloud was asked.`,
    '',
  ]
}

const COUNTED: readonly (readonly [Verdict, string])[] = [
  ['create', 'to create'],
  ['change', 'to change'],
  ['replace', 'to replace'],
  ['reset', 'to reset'],
  ['destroy', 'to destroy'],
  ['refused', 'refused'],
]

function totalsOf(entries: readonly PlanEntry[]): string {
  const counted = COUNTED.flatMap(([verdict, words]) => {
    const count = entries.filter((entry) => verdictOf(entry) === verdict).length
    return count === 0 ? [] : [`${count} ${words}`]
  })
  return counted.length === 0 ? 'no change' : counted.join(', ')
}

function rowOf(entry: PlanEntry): string {
  const verdict = WORDS[verdictOf(entry)]
  if (entry.kind === 'refused') return cells(code(entry.lab), `${verdict}: ${code(entry.reason)}`, '', '')
  if (entry.kind === 'undeclared') return cells(code(entry.lab), verdict, '', '')
  const { plan } = entry
  const what = [verdict, ...remarksOf(entry)].join('; ')
  return cells(code(entry.lab), what, code(plan.profile), `$${plan.costPerHourUsd.toFixed(4)}`)
}

const cells = (...texts: readonly string[]): string => `| ${texts.join(' | ')} |`

function remarksOf({ plan, differences }: Extract<PlanEntry, { kind: 'planned' }>): readonly string[] {
  const { vanished, state, facts, notRefreshed } = plan
  return [
    ...(vanished.length === 0 ? [] : [`${vanished.map(code).join(', ')} has vanished`]),
    ...(state?.endsWith('-failed') === true ? [`it is ${code(state)}`] : []),
    ...(facts.holder === null ? [] : [`in use by ${code(facts.holder.user)}`]),
    ...(differences.length === 0 ? [] : ['the record differs']),
    ...(notRefreshed === null ? [] : ['_not refreshed_']),
  ]
}
