import type { RankedRegion } from '../../distro-catalog/rank-regions.js'
import type { Ranking } from '../regions/rank.js'
import { renderTable } from './table.js'

export function renderRanking(ranking: Ranking): string {
  const { provider, instanceType, architecture, regions, leftOut } = ranking
  const rows = regions.map((region, index) => [String(index + 1), ...cellsOf(region)])
  const headings = ['', 'region', 'where', 'round trip', 'usd per hour', 'score']
  return [
    `${provider}, ${instanceType} (${architecture}), best first:`,
    renderTable(headings, rows),
    '',
    basisOf(ranking),
    ...reasonsOf(leftOut),
  ].join('\n')
}

const cellsOf = ({ region, title, roundTripMs, usdPerHour, score }: RankedRegion): string[] => [
  region,
  title,
  roundTripMs === null ? '?' : `${roundTripMs} ms`,
  usdPerHour === null ? '?' : String(usdPerHour),
  score === null ? '' : String(score),
]

function basisOf({ measuredAt, pricesAsOf }: Ranking): string {
  const prices = `List prices of ${pricesAsOf}, without disk and public address.`
  if (measuredAt === null) {
    return `No round trip was measured: ordered by price, then as in the catalog. ${prices}`
  }
  return (
    `Score: round trip in ms, plus 1 for each per cent above the cheapest price; regions that did not ` +
    `answer in time follow, by price.\nMeasured ${measuredAt}; --fresh measures again. ${prices}`
  )
}

/** One line for each reason, not for each region. */
function reasonsOf(leftOut: Ranking['leftOut']): string[] {
  const byReason = new Map<string, string[]>()
  for (const { region, reason } of leftOut) byReason.set(reason, [...(byReason.get(reason) ?? []), region])
  return [...byReason].map(([reason, regions]) => `Left out, ${reason}: ${regions.join(', ')}`)
}
