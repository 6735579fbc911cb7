import { dirname, resolve } from 'node:path'
import { readIfPlain } from '../../backend/plain-file.js'
import { pathsOf } from './config-glob.js'
import { includePattern, isIncludeOf, withHome } from './include-line.js'
import { parseLine, type ConfigLine } from './words.js'

/** Where a name is given. */
export interface Mention {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
}

export interface UserConfig {
  /** The hosts that are named as such; a pattern such as `*` or `web-?` names none. */
  readonly hosts: ReadonlyMap<string, Mention>
  /** Whether it includes our folder, wherever that line is. */
  readonly isIncluded: boolean
}

/** As many as ssh follows. */
const MOST_INCLUDES = 16

/**
 * The user's configuration with what it includes, but not with the files of names in `ours`. Executes
 * nothing, unlike `ssh -G`. A file that cannot be read names no host.
 */
export async function readUserConfig(file: string, ours: string): Promise<UserConfig> {
  const reading: Reading = {
    hosts: new Map(),
    seen: new Set(),
    folder: dirname(file),
    own: includePattern(ours),
    isIncluded: false,
  }
  await readInto(reading, file, 0)
  return reading
}

interface Reading {
  readonly hosts: Map<string, Mention>
  readonly seen: Set<string>
  /** Where relative paths begin. */
  readonly folder: string
  readonly own: string | undefined
  isIncluded: boolean
}

async function readInto(reading: Reading, file: string, depth: number): Promise<void> {
  if (depth > MOST_INCLUDES || reading.seen.has(file)) return
  reading.seen.add(file)
  const lines = ((await readIfPlain(file)) ?? '').split('\n')
  for (const [at, text] of lines.entries()) {
    const line = parseLine(text.trimEnd())
    if (line === undefined) continue
    for (const name of namesIn(line)) {
      if (!reading.hosts.has(name)) reading.hosts.set(name, { file, line: at + 1 })
    }
    if (line.keyword === 'include') await follow(reading, line.words, depth + 1)
  }
}

async function follow(reading: Reading, words: readonly string[], depth: number): Promise<void> {
  for (const word of words) {
    if (isIncludeOf(word, reading.own)) reading.isIncluded = true
    else
      for (const file of await pathsOf(resolve(reading.folder, withHome(word))))
        await readInto(reading, file, depth)
  }
}

/** Literal names of `Host`, and of `Match host` and `Match originalhost`. */
function namesIn({ keyword, words }: ConfigLine): readonly string[] {
  const isLiteral = (name: string): boolean => name !== '' && !/[*?!]/.test(name)
  if (keyword === 'host') return words.flatMap((word) => word.split(/\s+/)).filter(isLiteral)
  if (keyword !== 'match') return []
  return words.flatMap((word, at) =>
    /^(original)?host$/i.test(words[at - 1] ?? '') ? word.split(',').filter(isLiteral) : [],
  )
}
