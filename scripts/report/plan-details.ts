import type { PlanEntry } from '../lifecycle/plan/all.js'
import type { LabChanges } from '../lifecycle/plan/plan.js'
import type { PlanFacts } from '../lifecycle/plan/facts.js'
import { timeText } from './expiry-text.js'
import { code, inHtml } from './markdown.js'
import { summaryOf } from './plan-text.js'

const DAY = 86_400_000

/** What a reviewer may want to know of one lab, folded; every value from outside is escaped. */
export function detailsOf({ plan, differences }: Extract<PlanEntry, { kind: 'planned' }>, now: Date): string {
  const facts = [
    ['state', code(plan.state ?? 'new')],
    ['distro', code(plan.distro)],
    ['place', code(plan.region === plan.provider ? plan.provider : `${plan.provider} ${plan.region}`)],
    ...plan.facts.machines.flatMap((machine) => machineRows(machine, now)),
    ['price', priceText(plan)],
    ['who reaches SSH', sshText(plan)],
    ['who has it now', holderText(plan.facts)],
    ['owner', plan.facts.owner === null ? 'whoever makes it' : code(plan.facts.owner)],
    ...differences.map((difference) => ['differs', code(difference)]),
    ...(plan.notRefreshed === null ? [] : [['not refreshed', code(plan.notRefreshed)]]),
  ].map(([name = '', value = '']) => `| ${name} | ${value} |`)
  return [
    '',
    `<details><summary><code>${inHtml(plan.lab)}</code>: ${summaryOf(plan)}</summary>`,
    '',
    ...['| | |', '| --- | --- |', ...facts],
    ...changeTable(plan),
    '',
    '</details>',
  ].join('\n')
}

function machineRows(machine: PlanFacts['machines'][number], now: Date): readonly string[][] {
  const { name, distro, instanceType, vcpus, memoryMiB, diskGiB, image, imageDate } = machine
  const size = `${code(instanceType)}, ${vcpus} vCPUs, ${memoryMiB} MiB, ${diskGiB} GiB disk`
  return [
    [`machine ${code(name)}`, `${code(distro)} on ${vcpus === 0 ? 'an existing machine' : size}`],
    [
      `image of ${code(name)}`,
      image === null ? 'the newest when it is made' : code(image) + ageText(imageDate, now),
    ],
  ]
}

function ageText(date: string | null, now: Date): string {
  if (date === null) return ''
  const days = Math.floor((now.getTime() - Date.parse(date)) / DAY)
  return days < 0 ? '' : `, ${days} ${days === 1 ? 'day' : 'days'} old`
}

function priceText({ costPerHourUsd, facts: { costUntilExpiryUsd, livesMs } }: LabChanges): string {
  const perHour = `$${costPerHourUsd.toFixed(4)} an hour`
  if (livesMs === null || costUntilExpiryUsd === null) return `${perHour}; it never expires`
  return `${perHour}; $${costUntilExpiryUsd.toFixed(2)} until it expires, in ${timeText(livesMs)}`
}

function sshText({ notRefreshed, facts: { allowFrom, isHere } }: LabChanges): string {
  if (allowFrom !== null && allowFrom.length > 0) return allowFrom.map(code).join(', ')
  if (allowFrom === null) return isHere ? 'the computer that makes it' : 'as its network allows'
  return notRefreshed === null ? 'no one' : 'the computer that makes it'
}

const holderText = ({ holder }: PlanFacts): string =>
  holder === null ? 'no one' : `${code(`${holder.user}@${holder.host}`)}, with ${code(holder.command)}`

function changeTable({ changes }: LabChanges): readonly string[] {
  if (changes.length === 0) return []
  return [
    '',
    ...['| action | resource | changed attributes |', '| --- | --- | --- |'],
    ...changes.map(
      ({ address, action, attributes }) =>
        `| ${action} | ${code(address)} | ${attributes.map(code).join(', ')} |`,
    ),
  ]
}
