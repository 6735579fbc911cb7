import type { UpOutcome } from '../lifecycle/up/up-all.js'
import { renderTable } from './table.js'

/** What is up and what failed. */
export const renderUps = (outcomes: readonly UpOutcome[]): string =>
  renderTable(
    ['lab', 'result', 'ssh, or why'],
    outcomes.map((each) =>
      each.outcome === 'up'
        ? [each.lab, each.result.reused ? 'reconnected' : 'up', each.result.machines[0]?.ssh ?? '']
        : [each.lab, 'failed', each.reason.replaceAll(/\s*\n\s*/g, ' ')],
    ),
  )
