import type { Comparison } from '../fixtures/difference.js'
import type { NamedSet } from '../fixtures/sets.js'
import { skippedLines } from '../fixtures/skipped.js'
import type { ApplyResult } from '../lifecycle/fixtures/apply.js'
import type { Compared, TreeName, Verified } from '../lifecycle/fixtures/compare.js'
import { printableLine } from './printable.js'
import { renderTable } from './table.js'

export const renderApplied = ({ lab, machine, set, at, seed, entries, skipped }: ApplyResult): string =>
  [
    `${lab}/${machine}: applied ${set} to ${at}: ${entries} entries, seed ${seed}`,
    ...skippedLines(skipped).map(printableLine),
  ].join('\n')

const placeOf = ({ lab, machine, at }: TreeName): string => `${lab}/${machine}:${at}`

export const renderVerified = (verified: Verified): string =>
  [
    ...skippedLines(verified.skipped).map((line) => printableLine(`when it was applied: ${line}`)),
    ...comparisonLines(verified, `${placeOf(verified)} is as it was applied`, placeOf(verified)),
  ].join('\n')

export const renderCompared = (compared: Compared): string => {
  const [one, other] = [placeOf(compared.one), placeOf(compared.other)]
  return comparisonLines(compared, `${one} and ${other} are equal`, `${one} → ${other}`).join('\n')
}

function comparisonLines(
  { differences, notCompared, compared }: Comparison,
  equal: string,
  title: string,
): string[] {
  const missing = notCompared.map((each) =>
    each === 'xattr'
      ? 'not compared: xattrs, because getfattr is not installed everywhere'
      : 'not compared: ACLs, because getfacl is not installed everywhere',
  )
  if (differences.length === 0) return [...missing, `${equal}: ${compared} entries`]
  return [
    ...missing,
    ...differences.map(({ path, text }) => printableLine(`${path}: ${text}`)),
    `${title}: ${differences.length} difference${differences.length === 1 ? '' : 's'} in ${compared} entries`,
  ]
}

export const renderSets = (sets: readonly NamedSet[]): string =>
  renderTable(
    ['set', 'entries', 'what'],
    sets.map(({ name, set }) => [name, String(set.entries.length), set.describe]),
  )
