import type { PlanEntry } from '../lifecycle/plan/all.js'
import type { LabChanges, PlannedChange } from '../lifecycle/plan/plan.js'
import { inOneLineEach } from './printable.js'
import { typed } from './typed.js'

type Action = PlannedChange['action']

const SIGNS: Readonly<Record<Action, string>> = {
  create: '+',
  update: '~',
  replace: '-/+',
  destroy: '-',
  start: '>',
  reset: '<',
}

/** One line for each change, then how many there are of each kind. */
export function renderPlan(given: LabChanges): string {
  const plan = inOneLineEach(given)
  const lines = plan.changes.map(({ address, action, attributes }) => {
    const names = attributes.length === 0 ? '' : `: ${attributes.join(', ')}`
    return `  ${SIGNS[action].padStart(3)} ${action.padEnd(7)}  ${address}${names}`
  })
  const next = plan.changes.length === 0 ? [] : [`distrolab up ${asked(plan)}    # would do that`]
  return [`${titleOf(plan)}: ${summaryOf(plan)}`, ...lines, ...next].join('\n')
}

/** A plan for each lab; what else there is to say of it is under it, or in one line. */
export const renderEntries = (entries: readonly PlanEntry[]): string => entries.map(renderEntry).join('\n')

function renderEntry(given: PlanEntry): string {
  const entry = inOneLineEach(given)
  if (entry.kind === 'refused') return `${entry.lab}: refused: ${entry.reason}`
  if (entry.kind === 'undeclared') return `${entry.lab}: not declared (${entry.state}); it stays as it is`
  const { notRefreshed, vanished } = entry.plan
  return [
    renderPlan(entry.plan),
    ...(notRefreshed === null ? [] : [`  not refreshed: ${notRefreshed}`]),
    ...(vanished.length === 0 ? [] : [`  vanished: ${vanished.join(', ')}`]),
    ...entry.differences.map((difference) => `  differs: ${difference}`),
  ].join('\n')
}

function titleOf({ lab, distro, provider, region, state, costPerHourUsd }: LabChanges): string {
  const place = region === provider ? provider : `${provider} ${region}`
  const cost = costPerHourUsd === 0 ? '' : `, $${costPerHourUsd.toFixed(4)} an hour`
  return `${lab} (${distro} on ${place}, ${state ?? 'new'}${cost})`
}

const COUNTED: readonly (readonly [Action, string])[] = [
  ['create', 'to create'],
  ['update', 'to change'],
  ['replace', 'to replace'],
  ['destroy', 'to destroy'],
  ['start', 'to start'],
  ['reset', 'to reset'],
]

export function summaryOf({ changes }: Pick<LabChanges, 'changes'>): string {
  const counted = COUNTED.flatMap(([action, words]) => {
    const count = changes.filter((change) => change.action === action).length
    return count === 0 ? [] : [`${count} ${words}`]
  })
  return counted.length === 0 ? 'no change' : counted.join(', ')
}

const asked = ({ lab, profile, state }: LabChanges): string =>
  state === null ? typed`--profile ${profile} --name ${lab}` : lab
