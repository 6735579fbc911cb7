import { basename, extname } from 'node:path'
import type { Catalog } from './catalog.js'
import type { Distro } from './distro.js'
import type { CatalogProblem } from './errors.js'
import { keyOf, type KnownEntries } from './known-entries.js'
import { existingProviders } from './existing-provider.js'
import { normaliseEntry, parseYaml, type Checked } from './parse.js'
import { aliasProblems } from './rules.js'
import { validateAliases, validateDistro, validateProvider } from './validate.js'

export interface SourceFile {
  readonly file: string
  readonly text: string
}

export interface CatalogSources {
  readonly providers: readonly SourceFile[]
  /** If two files have the same name, the later one wins. */
  readonly distros: readonly SourceFile[]
  readonly aliases: readonly SourceFile[]
}

/** Turns the texts of all files into the catalog, or the problems of all files. Pure. */
export function assembleCatalog(sources: CatalogSources, known: KnownEntries = {}): Checked<Catalog> {
  const winners = [...new Map(sources.distros.map((source) => [stemOf(source), source])).values()]
  const problems: CatalogProblem[] = []
  const providers = keepValid(sources.providers, validateProvider, problems, known)
  const distros = keepValid(winners, validateDistro, problems, known)
  const releases = new Set(winners.map(stemOf))
  const explicit = sources.aliases.flatMap((source) => {
    const [aliases = {}] = keepValid([source], validateAliases, problems, known)
    problems.push(...aliasProblems(aliases, releases, source.file))
    return Object.entries(aliases)
  })
  if (problems.length > 0) return { ok: false, problems }
  const sorted = distros.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const catalog: Catalog = {
    distros: new Map(sorted.map((distro) => [distro.name, distro])),
    providers: new Map([...providers, ...existingProviders].map((provider) => [provider.name, provider])),
    aliases: new Map([...familyAliases(sorted), ...explicit]),
  }
  return { ok: true, value: catalog }
}

/** Takes one file through the stages: parse, normalise, validate. */
export function readEntry<T>(
  { file, text }: SourceFile,
  validate: (value: unknown, file: string) => Checked<T>,
): Checked<T> {
  const parsed = parseYaml(text, file)
  return parsed.ok ? validate(normaliseEntry(parsed.value), file) : parsed
}

/** The same in one step for a file that is known to be valid. */
export function readKnownEntry<T>(
  source: SourceFile,
  validate: (value: unknown, file: string) => Checked<T>,
  known: KnownEntries,
): Checked<T> {
  const value = known[keyOf(source.file, source.text)]
  return value === undefined ? readEntry(source, validate) : { ok: true, value: value as T }
}

function keepValid<T>(
  sources: readonly SourceFile[],
  validate: (value: unknown, file: string) => Checked<T>,
  problems: CatalogProblem[],
  known: KnownEntries,
): T[] {
  return sources.flatMap((source) => {
    const entry = readKnownEntry(source, validate, known)
    if (entry.ok) return [entry.value]
    problems.push(...entry.problems)
    return []
  })
}

/** A family with a single release needs no line in aliases.yaml, so a new distro is one file. */
function familyAliases(distros: readonly Distro[]): [string, string][] {
  return distros
    .filter(
      ({ family, name }) => family !== name && distros.filter((each) => each.family === family).length === 1,
    )
    .map(({ family, name }) => [family, name])
}

const stemOf = ({ file }: SourceFile): string => basename(file, extname(file))
