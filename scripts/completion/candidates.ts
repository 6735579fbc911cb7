import { namesOfLabs, type KnownLab } from './known-lab.js'
import type { Line } from './line.js'
import type { CompletionTable, Named, PlaceKind, Source } from './table.js'

/** Facts that only this user's computer knows. */
export interface LocalNames {
  readonly labs: readonly KnownLab[]
  readonly profiles: readonly Named[]
  readonly distros: readonly Named[]
}

/** What a shell offers: words, or what it completes by itself. */
export interface Answer {
  readonly kind: 'words' | 'files' | 'folders' | 'command'
  readonly words: readonly Named[]
}

/** The words that can complete the end of `line`. */
export function answer(table: CompletionTable, line: Line, local: LocalNames): Answer {
  const { asked } = line
  switch (asked.kind) {
    case 'verb':
      return matching(line, verbsOf(table, ''))
    case 'member':
      return matching(line, verbsOf(table, asked.group))
    case 'flag':
      return matching(
        line,
        asked.flags.map(({ name, describe }) => ({ name: `--${name}`, describe })),
      )
    case 'value':
      return valuesOf(table, line, asked.source, local)
    case 'dashes':
      return matching(line, [{ name: '--', describe: 'then the command' }])
    case 'command':
      return { kind: 'command', words: [] }
    case 'nothing':
      return { kind: 'words', words: [] }
  }
}

/** The next word of each verb that begins with `group`. */
function verbsOf({ verbs }: CompletionTable, group: string): Named[] {
  const depth = group === '' ? 0 : 1
  const found = new Map<string, string[]>()
  for (const { name, describe } of verbs) {
    const words = name.split(' ')
    const next = words[depth]
    if (next === undefined || (depth === 1 && words[0] !== group)) continue
    // A verb of two words is described by its members.
    found.set(next, [...(found.get(next) ?? []), words.length > depth + 1 ? (words[1] ?? '') : describe])
  }
  return [...found].map(([name, texts]) => ({ name, describe: texts.join(', ') }))
}

function valuesOf(table: CompletionTable, line: Line, source: Source, local: LocalNames): Answer {
  if (source.kind === 'files' || source.kind === 'folders') return { kind: source.kind, words: [] }
  const names = namesOf(table, line, source, local)
  if (!('list' in source)) return matching(line, names)
  const comma = line.typed.lastIndexOf(',') + 1
  const typed = line.typed.slice(comma)
  return matching({ typed, prefix: line.prefix + line.typed.slice(0, comma) }, names)
}

function namesOf(
  table: CompletionTable,
  line: Line,
  source: Exclude<Source, { readonly kind: 'files' | 'folders' }>,
  local: LocalNames,
): readonly Named[] {
  switch (source.kind) {
    case 'words':
      return source.words.map((name) => ({ name, describe: '' }))
    case 'labs':
      return namesOfLabs(local.labs, 'living')
    case 'all-labs':
      return namesOfLabs(local.labs, 'all')
    case 'labs-to-make': {
      const labs = namesOfLabs(local.labs, 'living')
      const taken = new Set(labs.map(({ name }) => name))
      return [...labs, ...defaultLabs(table, local).filter(({ name }) => !taken.has(name))]
    }
    case 'machines':
      return machinesOf(line, local)
    case 'profiles':
      return [...local.profiles, ...table.profiles]
    case 'distros':
      return [...local.distros, ...table.distros]
    case 'clouds':
      return table.providers.filter(({ names }) => names.regions.length > 0)
    case 'regions':
      return [{ name: 'auto', describe: 'the best of them' }, ...placesOf(table, line, source.kind)]
    case 'sizes':
    case 'instance-types':
      return placesOf(table, line, source.kind)
    case 'verbs':
      return verbsOf(table, line.positionals.at(-1) ?? '')
    case 'pages':
      return table.pages
    case 'nothing':
      return []
  }
}

/** A profile whose name is also a lab's name: `up` makes that lab. Lab names have no dots. */
const defaultLabs = (table: CompletionTable, local: LocalNames): Named[] =>
  [...local.profiles, ...table.profiles].filter(({ name }) => !name.includes('.'))

/** For the lab that the line already names. */
function machinesOf({ positionals, given }: Line, { labs }: LocalNames): Named[] {
  const meant = positionals[0] ?? given.get('name') ?? given.get('profile')?.replaceAll('.', '-')
  const machines = labs.find(({ lab }) => lab === meant)?.machines ?? []
  return machines.map((name) => ({ name, describe: '' }))
}

/**
 * For the provider that the line names, by itself or at the end of a profile or a default lab; else for all.
 */
function placesOf({ providers }: CompletionTable, line: Line, kind: PlaceKind): Named[] {
  const named = [line.given.get('provider'), line.given.get('profile'), line.positionals[0]]
  const provider = providers.find(({ name }) =>
    named.some((each) => each === name || each?.endsWith(`-${name}`) === true),
  )
  const found = (provider === undefined ? providers : [provider]).flatMap(({ names }) => names[kind])
  return [...new Map(found.map((each) => [each.name, each])).values()]
}

const matching = ({ typed, prefix }: Pick<Line, 'typed' | 'prefix'>, names: readonly Named[]): Answer => ({
  kind: 'words',
  words: names
    .filter(({ name }) => name.startsWith(typed))
    .map(({ name, describe }) => ({ name: `${prefix}${name}`, describe })),
})
