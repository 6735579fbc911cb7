import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

/**
 * Entries of files that were read and found valid when the package was built, by `keyOf` their file. Parsing and
 * checking all of the shipped catalog costs every command a third of a second; a file that is not here, or has changed
 * since, is read as any other.
 */
export type KnownEntries = Readonly<Record<string, unknown>>

export const knownEntriesFile = new URL('known-entries.json', import.meta.url)

export const keyOf = (file: string, text: string): string =>
  createHash('sha256')
    .update(`${basename(file)}\n${text}`)
    .digest('base64')

/** What the build left; nothing where it was not run. */
export function readKnownEntries(file: URL = knownEntriesFile): KnownEntries {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KnownEntries
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
