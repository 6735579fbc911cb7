import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Entries of files that the build read and found valid, by `keyOf` their file. Parsing and checking the whole
 * shipped catalog costs every command a third of a second. A file that is not here, or has changed since, is
 * read like any other.
 */
export type KnownEntries = Readonly<Record<string, unknown>>

const NAME = 'known-entries.json'

/** In the folder of the running build. */
export const knownEntriesFile = (): URL =>
  new URL(NAME, pathToFileURL(createRequire(import.meta.url).resolve('#package/dist/checks/distro.cjs')))

export const keyOf = (file: string, text: string): string =>
  createHash('sha256')
    .update(`${basename(file)}\n${text}`)
    .digest('base64')

/** The result of the build; empty if the build did not run. */
export function readKnownEntries(file: URL = knownEntriesFile()): KnownEntries {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KnownEntries
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
