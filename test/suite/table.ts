import { renderTable } from '../../scripts/report/table.js'
import type { FileResult } from './file-result.js'
import type { TierName } from './tiers.js'

/** How one tier ended. */
export interface TierResult {
  readonly tier: TierName
  /** Undefined: an earlier tier failed, and this one did not run. */
  readonly ran?: {
    readonly seconds: number
    readonly files: readonly FileResult[]
    /** Jest's own exit code. */
    readonly exitCode: number
  }
}

const SLOWEST = 10

/** The run's faults, one a line; none means that the run is good. */
export function faultsOf(results: readonly TierResult[]): string[] {
  return results.flatMap(({ tier, ran }) => {
    if (ran === undefined) return [`${tier} did not run`]
    const { files, exitCode } = ran
    const failed = files
      .filter((file) => file.failed > 0)
      .map(({ file, failed }) => `${tier}: ${failed} failed in ${file}`)
    const silent = files.flatMap(({ file, skipped }) =>
      skipped
        .filter(({ reason }) => reason === null)
        .map(({ title }) => `${tier}: skipped without a reason in ${file}: ${title}`),
    )
    const told = [...failed, ...silent]
    if (exitCode !== 0 && told.length === 0) return [`${tier}: Jest exited with ${exitCode}`]
    const ranNone = sumOf(files, ({ passed, failed }) => passed + failed) === 0
    return ranNone ? [...told, `${tier}: not one test ran`] : told
  })
}

/** What a run ends with: the tiers, why tests were skipped, the slowest files, the faults, and one line to count by. */
export function summaryOf(results: readonly TierResult[]): string {
  const files = results.flatMap(({ ran }) => ran?.files ?? [])
  const parts = [tierTable(results), skippedTable(files), slowestTable(files), faultsOf(results).join('\n')]
  const [passed, failed, skipped] = [
    sumOf(files, (file) => file.passed),
    sumOf(files, (file) => file.failed),
    sumOf(files, (file) => file.skipped.length),
  ]
  return [
    ...parts.filter((part) => part !== ''),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ].join('\n\n')
}

function tierTable(results: readonly TierResult[]): string {
  const rows = results.map(({ tier, ran }) => {
    if (ran === undefined) return [tier, 'did not run', '', '', '', '']
    const { files, seconds } = ran
    return [
      tier,
      String(sumOf(files, (file) => file.passed)),
      String(sumOf(files, (file) => file.failed)),
      String(sumOf(files, (file) => file.skipped.length)),
      minutes(seconds),
      minutes(sumOf(files, (file) => file.cpuSeconds ?? 0)),
    ]
  })
  const total = sumOf(results, ({ ran }) => ran?.seconds ?? 0)
  rows.push(['all', '', '', '', minutes(total), ''])
  return renderTable(['tier', 'passed', 'failed', 'skipped', 'minutes', 'cpu minutes'], rows)
}

function skippedTable(files: readonly FileResult[]): string {
  const counts = new Map<string, number>()
  for (const { reason } of files.flatMap(({ skipped }) => skipped))
    if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  if (counts.size === 0) return ''
  return renderTable(
    ['skipped', 'because'],
    [...counts].map(([reason, count]) => [String(count), reason]),
  )
}

function slowestTable(files: readonly FileResult[]): string {
  const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST)
  return renderTable(
    ['slowest file', 'seconds', 'cpu seconds'],
    slowest.map(({ file, seconds, cpuSeconds }) => [file, seconds.toFixed(1), cpuSeconds?.toFixed(1) ?? '']),
  )
}

const minutes = (seconds: number): string => (seconds / 60).toFixed(1)

const sumOf = <T>(items: readonly T[], valueOf: (item: T) => number): number =>
  items.reduce((sum, item) => sum + valueOf(item), 0)
