import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** What completes a word: fixed words, the names of something, or what the shell itself knows best. */
export type Source =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** `list`: several may be given, with commas between them. */
  | { readonly kind: NameKind; readonly list?: true }
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'nothing' }

export type NameKind =
  | 'labs'
  /** Destroyed ones too. */
  | 'all-labs'
  /** Labs, and profiles: each has a default lab that need not exist yet. */
  | 'labs-to-make'
  | 'machines'
  | 'profiles'
  | 'distros'
  | 'clouds'
  | PlaceKind
  | 'verbs'
  | 'pages'

/** What differs from provider to provider. */
export type PlaceKind = 'regions' | 'sizes' | 'instance-types'

export interface FlagEntry {
  readonly name: string
  readonly alias?: string
  readonly describe: string
  /** What its value may be; absent for a flag without a value. */
  readonly value?: Source
  readonly repeatable?: true
}

export interface VerbEntry {
  /** One word, or two. */
  readonly name: string
  readonly describe: string
  readonly flags: readonly FlagEntry[]
  readonly positionals: readonly Source[]
  /** A command follows `--`. */
  readonly command?: true
}

/** All that the build knows of a command line, so that a press of Tab loads no command and no catalog. */
export interface CompletionTable {
  readonly verbs: readonly VerbEntry[]
  /** Flags that stand before any verb too. */
  readonly common: readonly FlagEntry[]
  readonly distros: readonly Named[]
  readonly profiles: readonly Named[]
  readonly providers: readonly ProviderEntry[]
  /** Of `distrolab docs`. */
  readonly pages: readonly Named[]
}

export interface ProviderEntry extends Named {
  readonly names: Readonly<Record<PlaceKind, readonly Named[]>>
}

export interface Named {
  readonly name: string
  readonly describe: string
}

const NAME = 'completion.json'

/** In the folder of the build that is running. */
export const tableFile = (): URL =>
  new URL(NAME, pathToFileURL(createRequire(import.meta.url).resolve('#package/dist/checks/distro.cjs')))

export const readTable = (file: URL = tableFile()): CompletionTable =>
  JSON.parse(readFileSync(file, 'utf8')) as CompletionTable

/** Every flag that can follow a verb; what the verb says of one counts, not what is common. */
export function flagsOf({ common }: CompletionTable, verb: VerbEntry | undefined): readonly FlagEntry[] {
  const own = verb?.flags ?? []
  return [...own, ...common.filter(({ name }) => own.every((flag) => flag.name !== name))]
}
