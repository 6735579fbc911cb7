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

/** For a comment on a pull request. */
export function renderPlanMarkdown(given: LabChanges): string {
  const plan = inOneLineEach(given)
  const head = `### \`${plan.lab}\`: ${summaryOf(plan)}\n\n${titleOf(plan)}`
  if (plan.changes.length === 0) return head
  const rows = plan.changes.map(
    ({ address, action, attributes }) =>
      `| ${action} | \`${address}\` | ${attributes.map((name) => `\`${name}\``).join(', ')} |`,
  )
  return [`${head}\n`, '| action | resource | changed attributes |', '| --- | --- | --- |', ...rows].join(
    '\n',
  )
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

function summaryOf({ changes }: LabChanges): string {
  const counted = COUNTED.flatMap(([action, words]) => {
    const count = changes.filter((change) => change.action === action).length
    return count === 0 ? [] : [`${count} ${words}`]
  })
  return counted.length === 0 ? 'no change' : counted.join(', ')
}

const asked = ({ lab, profile, state }: LabChanges): string =>
  state === null ? typed`--profile ${profile} --name ${lab}` : lab
