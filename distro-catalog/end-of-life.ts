import type { Distro } from './distro.js'

const DAY_MS = 86_400_000
/** From then on whoever uses a distro should know that it ends. */
const NOTICE_DAYS = 60

/**
 * That a distro gets no more free updates since a day, or soon won't; undefined while that is far, or it has no end. In
 * words, with what else there is of its family. `others`: all of the catalog.
 */
export function endOfLifeNotice(
  { name, title, family, endOfLife }: Distro,
  others: Iterable<Distro>,
  now: Date,
): string | undefined {
  if (endOfLife === undefined) return undefined
  // The whole of its last day.
  const left = Date.parse(endOfLife) + DAY_MS - now.getTime()
  if (left > NOTICE_DAYS * DAY_MS) return undefined
  const said =
    left > 0 ? `gets free updates until ${endOfLife}` : `has had no free updates since ${endOfLife}`
  const later = [...others]
    .filter((other) => other.family === family && other.name !== name)
    .filter((other) => (other.endOfLife ?? '9999') > endOfLife)
    .map((other) => other.name)
  return `${title} ${said}.${later.length === 0 ? '' : ` Still maintained: ${later.join(', ')}.`}`
}
