import type { Catalog } from '../../distro-catalog/catalog.js'
import { hasOffers } from '../../distro-catalog/cloud.js'
import type { Distro } from '../../distro-catalog/distro.js'
import type { OfferingName } from '../../distro-catalog/provider-names.js'
import { inParallel } from '../../backend/in-parallel.js'
import { renderTable } from '../report/table.js'
import { endedOn, questionsOf, type Asker, type Row } from './question.js'

export interface Refresh {
  readonly rows: readonly Row[]
  /** Those whose end of life has passed. */
  readonly ended: readonly { readonly distro: string; readonly endOfLife: string }[]
}

const AT_ONCE = 6

/** Asks the providers for every selector of these distros. `day`: today, as `YYYY-MM-DD`. */
export async function refresh(
  catalog: Catalog,
  distros: readonly Distro[],
  day: string,
  open: (provider: OfferingName) => Promise<Asker>,
): Promise<Refresh> {
  const names = [...catalog.providers.values()].filter(hasOffers).map(({ name }) => name)
  const askers = new Map(await Promise.all(names.map(async (name) => [name, await open(name)] as const)))
  const rows = await inParallel(questionsOf(catalog, distros), AT_ONCE, async (question): Promise<Row> => {
    const { distro, provider, architecture } = question
    const answer = await askers.get(provider)?.(question)
    if (answer === undefined) throw new TypeError('every provider has an asker')
    return { distro: distro.name, provider, architecture, answer }
  })
  const ended = endedOn(distros, day).map(({ name, endOfLife = '' }) => ({ distro: name, endOfLife }))
  return { rows, ended }
}

/** Selectors that were asked and found nothing. */
export const failures = ({ rows }: Refresh): Row[] =>
  rows.filter(({ answer }) => answer.outcome === 'nothing')

export function renderRefresh(result: Refresh): string {
  const table = renderTable(
    ['distro', 'provider', 'arch', 'newest image', 'published'],
    result.rows.map(({ distro, provider, architecture, answer }) =>
      answer.outcome === 'found'
        ? [distro, provider, architecture, shortened(answer.newest), answer.date?.slice(0, 10) ?? '?']
        : [distro, provider, architecture, WORDS[answer.outcome], ''],
    ),
  )
  const untold = reasons(result, 'not-asked')
  const count = (outcome: string): number =>
    result.rows.filter(({ answer }) => answer.outcome === outcome).length
  return [
    ...[table, ''],
    ...failures(result).map(
      ({ distro, provider, architecture, answer }) =>
        `NOTHING FOUND: ${distro} on ${provider} (${architecture}): ${'reason' in answer ? answer.reason : ''}`,
    ),
    ...untold.map(([reason, n]) => `not asked: ${reason} (${n} ${n === 1 ? 'selector' : 'selectors'})`),
    ...result.ended.map(
      ({ distro, endOfLife }) => `END OF LIFE: ${distro} has not been maintained since ${endOfLife}`,
    ),
    `${count('found')} found, ${count('nothing')} nothing found, ${count('not-asked')} not asked.`,
  ].join('\n')
}

const WORDS = { nothing: 'NOTHING FOUND', 'not-asked': 'not asked' } as const

/** The beginning of a digest is enough to recognise it. */
const shortened = (name: string): string => (/^sha\d+:/.test(name) ? `${name.slice(0, 19)}…` : name)

/** Each reason once, with the number of its rows. */
function reasons({ rows }: Refresh, outcome: Row['answer']['outcome']): [string, number][] {
  const counts = new Map<string, number>()
  for (const { answer } of rows)
    if (answer.outcome === outcome && 'reason' in answer)
      counts.set(answer.reason, (counts.get(answer.reason) ?? 0) + 1)
  return [...counts]
}
