import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readEntry } from '../distro-catalog/assemble.js'
import { CatalogError } from '../distro-catalog/errors.js'
import { keyOf, knownEntriesFile } from '../distro-catalog/known-entries.js'
import { shippedDirectory } from '../distro-catalog/load.js'
import { validateDistro, validateProvider, validateRegions } from '../distro-catalog/validate.js'

const folders = { distros: validateDistro, providers: validateProvider, regions: validateRegions } as const

/**
 * A part of `npm run build`: checks the shipped files and keeps their entries as JSON, which costs a command nothing.
 *
 * @throws CatalogError `catalog-invalid` at the first file with problems.
 */
export async function writeKnownEntries(): Promise<void> {
  const known: Record<string, unknown> = {}
  for (const [folder, validate] of Object.entries(folders)) {
    const directory = join(shippedDirectory(), folder)
    for (const name of await readdir(directory)) {
      const file = join(directory, name)
      const text = await readFile(file, 'utf8')
      const entry = readEntry<unknown>({ file, text }, validate)
      if (!entry.ok) throw new CatalogError({ code: 'catalog-invalid', problems: entry.problems })
      known[keyOf(file, text)] = entry.value
    }
  }
  await writeFile(knownEntriesFile(), JSON.stringify(known))
}
