import type { LabEvent } from '../../backend/record-schema.js'
import type { ListedLab } from '../lifecycle/list.js'
import type { ResetResult } from '../lifecycle/reset.js'
import type { SwapResult } from '../lifecycle/swap/swap.js'
import type { UpResult } from '../lifecycle/up/up.js'
import { age } from './age.js'
import { renderEnforcers, renderExpiry, timeLeft } from './expiry-text.js'
import { inOneLineEach } from './printable.js'
import { stillText } from './power-text.js'
import { elapsed } from './progress.js'
import { renderTable } from './table.js'

/** The last line is an ssh command that can be pasted. */
export function renderUp(given: UpResult): string {
  const result = inOneLineEach(given)
  const total = result.timings.reduce((sum, { ms }) => sum + ms, 0)
  const headline = result.reused
    ? `Reconnected to ${result.lab} (${result.distro}, ${result.state}).`
    : `${result.lab} is ${result.state} (${result.distro}) after ${elapsed(total)}.`
  return [headline, ...renderExpiry(result), ...result.machines.map(({ ssh }) => ssh)].join('\n')
}

/** As `up`: the last line is the ssh command, which is the same as before. */
export function renderSwap(given: SwapResult): string {
  const result = inOneLineEach(given)
  const total = result.timings.reduce((sum, { ms }) => sum + ms, 0)
  const isPart = result.swapped.length < result.machines.length
  const what = isPart ? result.swapped.map((name) => `${result.lab}/${name}`).join(', ') : result.lab
  const headline = `${what} is now ${result.to} (was ${result.from}); ${result.state} after ${elapsed(total)}.`
  return [headline, ...result.machines.map(({ ssh }) => ssh)].join('\n')
}

export function renderReset(given: ResetResult): string {
  const result = inOneLineEach(given)
  const total = result.timings.reduce((sum, { ms }) => sum + ms, 0)
  const within = result.reset.flatMap(({ clockWithinMs }) => clockWithinMs ?? [])
  const clock = within.length === 0 ? '' : `; its clock is accurate to ${Math.max(...within)} ms`
  const headline = `${result.lab} is back at its baseline (${result.distro}) after ${elapsed(total)}${clock}.`
  return [headline, ...result.machines.map(({ ssh }) => ssh)].join('\n')
}

export function renderList(labs: readonly ListedLab[]): string {
  if (labs.length === 0) return 'No labs. Create one: distrolab up --profile debian-local'
  const rows = labs.map(({ view, createdAt, command }) => [
    view.lab,
    view.profile,
    view.region,
    [view.state, ...view.machines.flatMap(({ power }) => stillText(power) ?? [])].join(', '),
    view.machines.map(({ address, port }) => `${address ?? '?'}:${port ?? '?'}`).join(', '),
    age(Date.now() - Date.parse(createdAt)),
    timeLeft(view),
    renderEnforcers(view),
    command === null ? '' : `${command.holder.user}@${command.holder.host}: ${command.name}`,
  ])
  return renderTable(
    ['name', 'profile', 'region', 'state', 'address', 'age', 'expires', 'enforced by', 'under way'],
    rows,
  )
}

export function renderHistory(events: readonly LabEvent[]): string {
  const rows = events.map((event) => [
    event.at,
    event.kind === 'transition' ? `${event.from ?? 'new'} -> ${event.to}` : event.to,
    event.command,
    event.step ?? '',
    `${event.holder.user}@${event.holder.host}`,
    event.message?.split('\n')[0] ?? '',
  ])
  return renderTable(['time', 'state', 'command', 'step', 'by', 'note'], rows)
}
