import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { BackendError, type FileFault } from '../../backend/errors.js'
import { assertPlainFolders } from '../../backend/plain-file.js'
import { CONFIGURATION, ensureFolder, type Workspace } from '../workspace.js'

/** The engine's folder below the cache; makes it if it does not exist. Throws BackendError `file-refused`. */
export async function prepareWorkFolder(
  { cache }: Pick<Workspace, 'cache'>,
  folder: string,
): Promise<string> {
  await preparePlainFolder({ cache }, folder)
  await assertPlainFolder(folder)
  const strange = (await readdir(folder)).find((name) => name !== CONFIGURATION && IS_READ.test(name))
  if (strange !== undefined) throw refused(join(folder, strange), 'configuration')
  return folder
}

/**
 * A folder below the cache, reached without any link; makes it if it does not exist. Its content belongs to
 * others and may come and go. Throws BackendError `file-refused`.
 */
export async function preparePlainFolder(
  { cache }: Pick<Workspace, 'cache'>,
  folder: string,
): Promise<string> {
  await assertPlainFolders(cache, relative(cache, folder))
  return ensureFolder(folder)
}

/** What else OpenTofu reads in its folder: configurations, values of variables, and providers. */
const IS_READ = /\.(tf|tofu|tfvars)(\.json)?$|^terraform\.d$/

/**
 * Call before an engine runs in a folder: a link in it could make the engine, or us, write somewhere else.
 * Throws BackendError `file-refused`.
 */
export async function assertPlainFolder(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const place = relative(folder, path)
    if (CHOICES.has(place)) throw refused(path, 'configuration')
    if (entry.isFile() || entry.isDirectory() || isProvider(entry, place)) continue
    throw refused(path, entry.isSymbolicLink() ? 'link' : 'special')
  }
}

/** Another workspace, another place of providers, and modules, which a lab never has. */
const CHOICES: ReadonlySet<string> = new Set(
  ['environment', 'plugin_path', 'modules'].map((name) => join('.terraform', name)),
)

/** OpenTofu links them into a cache or a mirror, as HOST/NAMESPACE/TYPE/VERSION/PLATFORM. */
const isProvider = (entry: Dirent, place: string): boolean =>
  entry.isSymbolicLink() && /^\.terraform\/providers(\/[^/]+){5}$/.test(place)

const refused = (place: string, found: FileFault['found']): BackendError =>
  new BackendError({ code: 'file-refused', place, found })
