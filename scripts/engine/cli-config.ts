import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BUILT_IN, type EngineProvider } from '../../stacks/engine-provider.js'
import type { EnginePlaces, Environment } from '../env.js'
import { putFile } from '../workspace.js'

/** Its name in the engine's folder; OpenTofu does not read it by itself. */
const NAME = 'distrolab.tofurc'

/**
 * Writes the engine's configuration file, which lets it load only the lab's own provider, and returns its
 * path. Undefined if the user has their own file: that one applies unchanged, because it may contain
 * credentials and mirrors that we cannot rewrite (docs/decisions/0030). A local lab needs no provider, so for
 * it our file always applies.
 */
export async function placeCliConfig(
  { enginePlaces }: Pick<Environment, 'enginePlaces'>,
  folder: string,
  { source }: EngineProvider,
): Promise<string | undefined> {
  const isBuiltIn = source === BUILT_IN
  if (!isBuiltIn && (await hasOwnConfig(enginePlaces))) return undefined
  const path = join(folder, NAME)
  await putFile(path, isBuiltIn ? NOTHING : await allowing(source, enginePlaces.pluginFolders))
  return path
}

const NOTHING = 'provider_installation {}\n'

/**
 * OpenTofu's default folders still count: providers in them are not loaded from the registry (its
 * cmd/tofu/provider_source.go).
 */
async function allowing(source: string, pluginFolders: readonly string[]): Promise<string> {
  const isThere = await Promise.all(pluginFolders.map(isFolder))
  const mirrors = pluginFolders.filter((_, index) => isThere[index])
  const holders = await Promise.all(mirrors.map((mirror) => isFolder(join(mirror, source))))
  const include = `include = [${quote(source)}]`
  return [
    'provider_installation {',
    ...mirrors.map((mirror) => `  filesystem_mirror {\n    path = ${quote(mirror)}\n    ${include}\n  }`),
    ...(holders.includes(true) ? [] : [`  direct {\n    ${include}\n  }`]),
    '}\n',
  ].join('\n')
}

/** A text of HCL 1, which shares JSON's escapes. */
const quote = (text: string): string => JSON.stringify(text)

/**
 * Where OpenTofu looks (its internal/command/cliconfig): one file, and a folder unless the file was named.
 */
async function hasOwnConfig({ given, files, folders }: EnginePlaces): Promise<boolean> {
  if (given !== undefined) return true
  for (const file of files) if (await isThere(file)) return true
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => [])
    if (names.some((name) => /\.tfrc(\.json)?$/.test(name))) return true
  }
  return false
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
