import { distance } from 'fastest-levenshtein'

const MAX_NAMES = 3

/**
 * The candidates that someone who typed `given` most likely meant, best first, at most three. A typo may
 * change a third of the letters (never more than three); an unfinished word (`deb`) matches words that begin
 * with it.
 */
export function nearNames(given: string, candidates: Iterable<string>): string[] {
  const word = given.toLowerCase()
  const slips = Math.min(3, Math.ceil(word.length / 3))
  return [...new Set(candidates)]
    .map((name) => ({ name, cost: costOf(word, name.toLowerCase()) }))
    .filter(({ name, cost }) => cost <= slips && cost < name.length)
    .sort((a, b) => a.cost - b.cost || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_NAMES)
    .map(({ name }) => name)
}

/** The edit distance; an unfinished word of at least two letters counts as one typo. */
function costOf(word: string, candidate: string): number {
  if (word.length >= 2 && candidate.startsWith(word)) return Math.min(1, candidate.length - word.length)
  return distance(word, candidate)
}
