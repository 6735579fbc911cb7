import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readEntry } from '../distro-catalog/assemble.js'
import { CatalogError } from '../distro-catalog/errors.js'
import { keyOf, knownEntriesFile } from '../distro-catalog/known-entries.js'
import { ALIASES, shippedDirectory } from '../distro-catalog/load.js'
import {
  validateAliases,
  validateDistro,
  validateProvider,
  validateRegions,
} from '../distro-catalog/validate.js'

const folders = { distros: validateDistro, providers: validateProvider, regions: validateRegions } as const

/**
 * A part of `npm run build`: checks the shipped files and keeps their entries as JSON, which commands read at
 * no cost.
 *
 * @throws CatalogError `catalog-invalid` at the first file with problems.
 */
export async function writeKnownEntries(): Promise<void> {
  const shipped = shippedDirectory()
  const known: Record<string, unknown> = await knownEntry(join(shipped, ALIASES), validateAliases)
  for (const [folder, validate] of Object.entries(folders)) {
    const directory = join(shipped, folder)
    for (const name of await readdir(directory))
      Object.assign(known, await knownEntry(join(directory, name), validate))
  }
  await writeFile(knownEntriesFile(), JSON.stringify(known))
}

async function knownEntry(
  file: string,
  validate: Parameters<typeof readEntry<unknown>>[1],
): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8')
  const entry = readEntry({ file, text }, validate)
  if (!entry.ok) throw new CatalogError({ code: 'catalog-invalid', problems: entry.problems })
  return { [keyOf(file, text)]: entry.value }
}
