import { readFile, readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { assembleCatalog, readKnownEntry, type CatalogSources, type SourceFile } from './assemble.js'
import type { Catalog } from './catalog.js'
import { CatalogError, type CatalogProblem } from './errors.js'
import { readKnownEntries } from './known-entries.js'
import { LARGEST_YAML } from './largest-yaml.js'
import type { CloudName } from './provider-names.js'
import type { Regions } from './region-schema.js'
import { validateRegions } from './validate.js'

export const ALIASES = 'aliases.yaml'

/** The data shipped with the package. */
export function shippedDirectory(): string {
  return dirname(createRequire(import.meta.url).resolve(`#package/distro-catalog/${ALIASES}`))
}

/**
 * Reads the shipped catalog and then the user's directories of distro files (`<name>.yaml`, and
 * `aliases.yaml` if there is one). A later directory wins: its file replaces the whole entry of the same
 * name.
 *
 * @throws CatalogError `catalog-invalid` with the problems of all files.
 */
export async function loadCatalog(extraDirectories: readonly string[] = []): Promise<Catalog> {
  const shipped = shippedDirectory()
  const problems: CatalogProblem[] = []
  const [providers, shippedDistros, aliases, ...extra] = await Promise.all([
    readFolder(join(shipped, 'providers'), problems),
    readFolder(join(shipped, 'distros'), problems),
    readSource(join(shipped, ALIASES), problems),
    ...extraDirectories.map((directory) => readFolder(directory, problems)),
  ])
  const distros = [...shippedDistros, ...extra.flat()]
  const sources: CatalogSources = {
    providers,
    distros: distros.filter(({ file }) => basename(file) !== ALIASES),
    aliases: [...aliases, ...distros.filter(({ file }) => basename(file) === ALIASES)],
  }
  const assembled = assembleCatalog(sources, readKnownEntries())
  if (!assembled.ok) problems.push(...assembled.problems)
  if (!assembled.ok || problems.length > 0) throw new CatalogError({ code: 'catalog-invalid', problems })
  return assembled.value
}

/**
 * The regions of one cloud, in the order of its file. They are not part of the catalog, because most commands
 * need none and no command needs those of all clouds.
 *
 * @throws CatalogError `catalog-invalid`.
 */
export async function loadRegions(provider: CloudName, directory = shippedDirectory()): Promise<Regions> {
  const problems: CatalogProblem[] = []
  const [source] = await readSource(join(directory, 'regions', `${provider}.yaml`), problems)
  const entry =
    source === undefined
      ? { ok: false as const, problems }
      : readKnownEntry(source, validateRegions, readKnownEntries())
  if (!entry.ok) throw new CatalogError({ code: 'catalog-invalid', problems: entry.problems })
  return entry.value
}

/**
 * All YAML files of one folder in the order of their names. An unreadable folder is a problem, not a crash.
 */
async function readFolder(directory: string, problems: CatalogProblem[]): Promise<SourceFile[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    problems.push(unreadable(directory, 'a directory of distro files', cause))
    return []
  })
  for (const name of names.filter((each) => each.endsWith('.yml'))) {
    const [expected, remedy] = [
      'a file name that ends in .yaml',
      `rename it to ${name.replace(/yml$/, 'yaml')}`,
    ]
    problems.push({ file: join(directory, name), field: '(file)', expected, got: `"${name}"`, remedy })
  }
  const files = names.filter((name) => name.endsWith('.yaml') && !name.startsWith('.')).sort()
  const sources = await Promise.all(files.map((name) => readSource(join(directory, name), problems)))
  return sources.flat()
}

async function readSource(file: string, problems: CatalogProblem[]): Promise<SourceFile[]> {
  try {
    // Never wait for a pipe, or read another kind of file into memory.
    const found = await stat(file)
    if (!found.isFile() || found.size > LARGEST_YAML)
      throw new Error(found.isFile() ? 'more than 64 KiB' : 'not a plain file')
    return [{ file, text: await readFile(file, 'utf8') }]
  } catch (cause) {
    problems.push(unreadable(file, 'a readable file', cause))
    return []
  }
}

const unreadable = (file: string, expected: string, cause: unknown): CatalogProblem => ({
  file,
  field: '(file)',
  expected,
  got: cause instanceof Error ? cause.message : String(cause),
  remedy: 'check that the path exists and that you may read it',
})
