import type { Fate } from '../lifecycle/down/destroy-many.js'
import { elapsed } from './progress.js'
import { renderTable } from './table.js'

/** What went and what is left. */
export function renderFates(fates: readonly Fate[]): string {
  const rows = fates.map(({ lab, outcome, reason, ms }) => [
    ...[lab, outcome === 'inconclusive' ? 'inconclusive, skipped' : outcome, elapsed(ms)],
    reason.replaceAll(/\s*\n\s*/g, ' '),
  ])
  return renderTable(['lab', 'result', 'after', 'why'], rows)
}
