import { rm } from 'node:fs/promises'
import { fits } from '../../backend/forms.js'
import { parseJson } from '../../backend/parse-json.js'
import { readIfPlain } from '../../backend/plain-file.js'
import { putFile } from '../machine/folder.js'
import type { NetworkFiles } from './network-files.js'

/** Two machines of a lab, in the order of their names. */
export type Pair = readonly [string, string]

export const pairOf = (one: string, other: string): Pair => (one < other ? [one, other] : [other, one])

const isSame = (one: Pair, other: Pair): boolean => one[0] === other[0] && one[1] === other[1]

export const isBroken = (broken: readonly Pair[], one: string, other: string): boolean =>
  broken.length > 0 && broken.some((pair) => isSame(pair, pairOf(one, other)))

/** The pairs that are separated; the file outlives the switch. A damaged file separates no one. */
export async function readBroken({ breaks }: NetworkFiles): Promise<readonly Pair[]> {
  const pairs: unknown = parseJson((await readIfPlain(breaks)) ?? '[]')
  return Array.isArray(pairs) ? pairs.flatMap(asPair) : []
}

function asPair(pair: unknown): Pair[] {
  if (!Array.isArray(pair) || pair.length !== 2) return []
  const [one, other] = pair.map(String)
  if (one === undefined || other === undefined || one === other) return []
  return [one, other].every((name) => fits('machine', name)) ? [pairOf(one, other)] : []
}

/** The network's folder must exist. Throws disk-full or place-unwritable. */
export async function writeBroken({ breaks }: NetworkFiles, pairs: readonly Pair[]): Promise<void> {
  if (pairs.length === 0) await rm(breaks, { force: true })
  else await putFile(breaks, `${JSON.stringify(pairs)}\n`)
}

export const withPair = (pairs: readonly Pair[], pair: Pair): readonly Pair[] => [
  ...withoutPair(pairs, pair),
  pair,
]

export const withoutPair = (pairs: readonly Pair[], pair: Pair): readonly Pair[] =>
  pairs.filter((other) => !isSame(other, pair))
