import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** What completes a word: fixed words, names of something, or what the shell itself knows. */
export type Source =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** `list`: several values, separated by commas. */
  | { readonly kind: NameKind; readonly list?: true }
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'nothing' }

export type NameKind =
  | 'labs'
  /** Including destroyed ones. */
  | 'all-labs'
  /** Labs, and profiles: each profile has a default lab, which need not exist yet. */
  | 'labs-to-make'
  | 'machines'
  | 'profiles'
  | 'distros'
  | 'clouds'
  | PlaceKind
  | 'verbs'
  | 'pages'

/** Values that differ between providers. */
export type PlaceKind = 'regions' | 'sizes' | 'instance-types'

export interface FlagEntry {
  readonly name: string
  readonly alias?: string
  readonly describe: string
  /** The kind of its value; absent for a flag without a value. */
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

/**
 * Everything that the build knows about command lines, so that a press of Tab loads no command and no
 * catalog.
 */
export interface CompletionTable {
  readonly verbs: readonly VerbEntry[]
  /** Flags that may also stand before a verb. */
  readonly common: readonly FlagEntry[]
  readonly distros: readonly Named[]
  readonly profiles: readonly Named[]
  readonly providers: readonly ProviderEntry[]
  /** For `distrolab docs`. */
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

/** In the folder of the running build. */
export const tableFile = (): URL =>
  new URL(NAME, pathToFileURL(createRequire(import.meta.url).resolve('#package/dist/checks/distro.cjs')))

export const readTable = (file: URL = tableFile()): CompletionTable =>
  JSON.parse(readFileSync(file, 'utf8')) as CompletionTable

/** Every flag that can follow a verb; the verb's own definition overrides the common one. */
export function flagsOf({ common }: CompletionTable, verb: VerbEntry | undefined): readonly FlagEntry[] {
  const own = verb?.flags ?? []
  return [...own, ...common.filter(({ name }) => own.every((flag) => flag.name !== name))]
}
