import { flagsOf, type CompletionTable, type FlagEntry, type Source, type VerbEntry } from './table.js'

/** What the word under the cursor is, according to the words before it. */
export type Asked =
  | { readonly kind: 'verb' }
  /** The second word of a verb of two. */
  | { readonly kind: 'member'; readonly group: string }
  | { readonly kind: 'flag'; readonly flags: readonly FlagEntry[] }
  | { readonly kind: 'value'; readonly source: Source }
  /** The lab is named; the rest is a command, after `--`. */
  | { readonly kind: 'dashes' }
  /** Part of a command that is not ours. */
  | { readonly kind: 'command' }
  | { readonly kind: 'nothing' }

export interface Line {
  readonly asked: Asked
  /** The part of the word that is already typed. */
  readonly typed: string
  /** The text before it in the same shell word: `--profile=`. */
  readonly prefix: string
  /** Values of flags before the word, by the flag's name; a flag without a value has an empty one. */
  readonly given: ReadonlyMap<string, string>
  /** Words before it that are not the verb, flags or values of flags. */
  readonly positionals: readonly string[]
}

interface Walk {
  readonly words: readonly string[]
  readonly given: ReadonlyMap<string, string>
  /** The flag whose value comes next. */
  readonly open: FlagEntry | undefined
  readonly verb: VerbEntry | undefined
}

/** Reads the words after `distrolab` up to the cursor; `current` is the unfinished one. */
export function readLine(table: CompletionTable, before: readonly string[], current: string): Line {
  const walk = walkWords(table, before)
  const positionals = walk.words.slice(walk.verb?.name.split(' ').length ?? 0)
  const line = { typed: current, prefix: '', given: walk.given, positionals }
  if (before.includes('--')) return { ...line, asked: { kind: 'command' } }
  if (walk.open?.value !== undefined) return { ...line, asked: { kind: 'value', source: walk.open.value } }
  const [flag = '', ...value] = current.split('=')
  if (current.startsWith('--') && value.length > 0) {
    const source = flagNamed(table, walk.verb, flag)?.value ?? { kind: 'nothing' }
    return { ...line, typed: value.join('='), prefix: `${flag}=`, asked: { kind: 'value', source } }
  }
  if (current.startsWith('-')) return { ...line, asked: { kind: 'flag', flags: flagsLeft(table, walk) } }
  return { ...line, asked: positionAsked(table, walk, positionals) }
}

function walkWords(table: CompletionTable, before: readonly string[]): Walk {
  const words: string[] = []
  const given = new Map<string, string>()
  let open: FlagEntry | undefined
  let verb: VerbEntry | undefined
  for (const word of before) {
    if (open !== undefined) {
      given.set(open.name, word)
      open = undefined
    } else if (word.startsWith('-') && word !== '-') {
      const [flag = '', ...value] = word.split('=')
      const entry = flagNamed(table, verb, flag)
      if (entry === undefined) continue
      given.set(entry.name, value.join('='))
      if (entry.value !== undefined && value.length === 0) open = entry
    } else {
      words.push(word)
      verb = verbOf(table, words)
    }
  }
  return { words, given, open, verb }
}

/** The verb of two words if there is one, else that of one. */
const verbOf = ({ verbs }: CompletionTable, [first, second]: readonly string[]): VerbEntry | undefined =>
  verbs.find(({ name }) => name === `${first} ${second}`) ?? verbs.find(({ name }) => name === first)

/** `--wait` or `-o`. Flags are unknown until the verb is known. */
const flagNamed = (
  table: CompletionTable,
  verb: VerbEntry | undefined,
  typed: string,
): FlagEntry | undefined =>
  flagsOf(table, verb).find(({ name, alias }) => typed === `--${name}` || typed === `-${alias}`)

const flagsLeft = (table: CompletionTable, { verb, given }: Walk): FlagEntry[] =>
  flagsOf(table, verb).filter(({ name, repeatable }) => repeatable === true || !given.has(name))

function positionAsked(table: CompletionTable, walk: Walk, positionals: readonly string[]): Asked {
  const { words, verb, given } = walk
  const [group] = words
  if (group === undefined) return { kind: 'verb' }
  const isGroup = table.verbs.some(({ name }) => name.startsWith(`${group} `))
  if (isGroup && words.length === 1) return { kind: 'member', group }
  const isLabNamed = positionals.length > 0 || ['profile', 'name'].some((flag) => given.has(flag))
  if (verb?.command === true && isLabNamed) return { kind: 'dashes' }
  const source = verb?.positionals[positionals.length]
  if (source !== undefined) return { kind: 'value', source }
  return { kind: 'nothing' }
}
