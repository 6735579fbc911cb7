import { createHash } from 'node:crypto'
import type { CrashChoice } from '../../suite/crash-choice.js'
import { titleOf } from './crash-cases.js'
import type { CrashCase } from './crash-commands.js'

/** The cases that a run tries, in the order of `cases`; throws where none has the title that was named. */
export function chosenCases(cases: readonly CrashCase[], choice: CrashChoice): readonly CrashCase[] {
  if (choice.kind === 'complete') return cases
  if (choice.kind === 'covering') return coveringCases(cases, choice.seed)
  const found = cases.filter((crash) => titleOf(crash) === choice.title)
  if (found.length === 0) throw new Error(`no case of the crash matrix is called "${choice.title}"`)
  return found
}

/** Has every command × step × moment, and every command × signal, at least once: a quarter of all. */
export function coveringCases(cases: readonly CrashCase[], seed: string): readonly CrashCase[] {
  const shuffled = shuffle(cases, seed)
  const chosen = new Set<CrashCase>()
  // A command's signals first, each at a moment of its own as far as there are so many: fewer cases cover all.
  const [signals, moments] = [new Set<string>(), new Set<string>()]
  for (const crash of shuffled) {
    if (signals.has(signalOf(crash)) || moments.has(momentOf(crash))) continue
    take(crash)
  }
  for (const crash of shuffled)
    if (!signals.has(signalOf(crash)) || !moments.has(momentOf(crash))) take(crash)
  return cases.filter((crash) => chosen.has(crash))

  function take(crash: CrashCase): void {
    chosen.add(crash)
    signals.add(signalOf(crash))
    moments.add(momentOf(crash))
  }
}

export const signalOf = ({ verb, by }: CrashCase): string => `${verb}: ${by}`
export const momentOf = ({ verb, point }: CrashCase): string => `${verb}: ${point.when} ${point.step}`

/** In an order of the seed's own: by a hash of each title. */
function shuffle(cases: readonly CrashCase[], seed: string): readonly CrashCase[] {
  const rankOf = (crash: CrashCase): string =>
    createHash('sha256')
      .update(`${seed} ${titleOf(crash)}`)
      .digest('hex')
  return cases
    .map((crash) => ({ crash, rank: rankOf(crash) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ crash }) => crash)
}
