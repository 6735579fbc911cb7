import {
  flagsOf,
  type CompletionTable,
  type FlagEntry,
  type Source,
  type VerbEntry,
} from '../completion/table.js'
import { typedWord } from '../report/typed.js'

export interface Meant {
  /** The command line after `distrolab`; undefined if a flag's value cannot be found among the words. */
  readonly line: string | undefined
  /** The flags that npm took, in their typed form. */
  readonly taken: readonly string[]
  /** A command was given, but the `--` before it is missing. */
  readonly lacksDashes: boolean
}

/**
 * What a command line meant of which npm took flags: npm leaves the value of `--ttl 4h` among the words, and
 * removes the first `--`. Pure.
 */
export function meantBy(
  table: CompletionTable,
  verb: VerbEntry,
  rest: readonly string[],
  settings: ReadonlyMap<string, string>,
): Meant {
  const flags = flagsOf(table, verb).filter(({ name, alias }) =>
    [name, alias].some((each) => each !== undefined && settings.has(each)),
  )
  const valueOf = ({ name, alias = '' }: FlagEntry): string => settings.get(name) ?? settings.get(alias) ?? ''
  // npm sets a flag to true if it does not know that the flag has a value.
  const open = flags.filter((flag) => flag.value !== undefined && valueOf(flag) === 'true')
  const written = flags
    .filter((flag) => !open.includes(flag))
    .flatMap((flag) => [`--${flag.name}`, ...(flag.value === undefined ? [] : [valueOf(flag)])])
  const dashes = rest.indexOf('--')
  const { own, words, command } = splitWords(
    table,
    verb,
    rest,
    dashes,
    flags.map(({ name }) => name),
  )
  const lacksDashes = verb.command === true && dashes < 0 && command.length > 0
  const found = assign(table, open, words)
  const taken = flags.map(({ name }) => `--${name}`)
  if (found === undefined) return { line: undefined, taken, lacksDashes }
  const tail = command.length === 0 ? [] : ['--', ...command]
  const all = [...found.words, ...found.flags, ...written, ...own]
  return {
    line: [verb.name, ...all.map(typedWord), ...tail.map(typedWord)].join(' '),
    taken,
    lacksDashes,
  }
}

interface Split {
  /** Flags that npm left, with their values. */
  readonly own: readonly string[]
  readonly words: readonly string[]
  readonly command: readonly string[]
}

/** If no `--` is left, a command begins after the lab and one word for each flag that lost its value. */
function splitWords(
  table: CompletionTable,
  verb: VerbEntry,
  rest: readonly string[],
  dashes: number,
  taken: readonly string[],
): Split {
  const own: string[] = []
  const words: string[] = []
  const known = flagsOf(table, verb)
  const entryOf = (word: string): FlagEntry | undefined =>
    known.find(({ name, alias }) => word.split('=')[0] === `--${name}` || word === `-${alias}`)
  const end = dashes < 0 ? rest.length : dashes
  let at = 0
  for (; at < end; at++) {
    const word = rest[at] ?? ''
    const entry = word.startsWith('-') ? entryOf(word) : undefined
    const isNamed = [...taken, ...own].some((each) => /^(--)?(profile|name)(=|$)/.test(each))
    const wordsBefore = (isNamed ? 0 : 1) + known.filter((flag) => isOpen(flag, taken)).length
    if (entry === undefined && verb.command === true && dashes < 0 && words.length >= wordsBefore) break
    if (entry === undefined) words.push(word)
    else if (entry.value === undefined || word.includes('=')) own.push(word)
    else own.push(word, rest[++at] ?? '')
  }
  return { own, words, command: dashes < 0 ? rest.slice(at) : rest.slice(dashes + 1) }
}

const isOpen = (flag: FlagEntry, taken: readonly string[]): boolean =>
  flag.value !== undefined && taken.includes(flag.name)

interface Assigned {
  readonly words: readonly string[]
  readonly flags: readonly string[]
  readonly fits: number
}

/**
 * Assigns a word to each flag: the assignment in which most words fit; among equals the one with the lab
 * first.
 */
function assign(
  table: CompletionTable,
  [flag, ...others]: readonly FlagEntry[],
  words: readonly string[],
): Assigned | undefined {
  if (flag === undefined) return { words, flags: [], fits: 0 }
  let best: Assigned | undefined
  for (const [index, word] of [...words.entries()].reverse()) {
    const rest = assign(table, others, words.toSpliced(index, 1))
    if (rest === undefined) return undefined
    const fits = rest.fits + (doesFit(table, flag.value, word) ? 1 : 0)
    if (best === undefined || fits > best.fits)
      best = { words: rest.words, flags: [`--${flag.name}`, word, ...rest.flags], fits }
  }
  return best
}

const DURATION = /^(?:(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+|0|none)$/

function doesFit(table: CompletionTable, source: Source | undefined, word: string): boolean {
  const isIn = (names: readonly { readonly name: string }[]): boolean =>
    word.split(',').every((each) => names.some(({ name }) => name === each))
  switch (source?.kind) {
    case 'words':
      return source.words.includes(word) || (source.words.some(isDuration) && isDuration(word))
    case 'profiles':
      return isIn(table.profiles)
    case 'distros':
      return isIn(table.distros)
    case 'clouds':
      return isIn(table.providers)
    case 'regions':
    case 'sizes':
    case 'instance-types': {
      const { kind } = source
      return word === 'auto' || isIn(table.providers.flatMap(({ names }) => names[kind]))
    }
    default:
      return false
  }
}

const isDuration = (word: string): boolean => DURATION.test(word)
