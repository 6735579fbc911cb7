import type { Distro } from './distro.js'

const DAY_MS = 86_400_000
/** How long before its end users of a distro should hear about it. */
const NOTICE_DAYS = 60

/**
 * A sentence that a distro gets no more free updates, or soon will not, with the other releases of its
 * family; undefined if that is far away or the distro has no end. `others`: all of the catalog.
 */
export function endOfLifeNotice(
  { name, title, family, endOfLife }: Distro,
  others: Iterable<Distro>,
  now: Date,
): string | undefined {
  if (endOfLife === undefined) return undefined
  // Until the end of its last day.
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
