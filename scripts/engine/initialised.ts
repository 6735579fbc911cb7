import { createHash } from 'node:crypto'
import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPlain } from '../../backend/plain-file.js'
import type { Engine } from './resolve.js'

const FILLED = '.terraform'

/** In the folder that `init` fills, so that both are deleted together. */
const markOf = (folder: string): string => join(folder, FILLED, 'distrolab-init')

/**
 * Whether `init` has succeeded in a folder with this engine version, for the backend and the providers that
 * its configuration names now, and its results are still there. Then it need not run again.
 */
export async function isInitialised(folder: string, engine: Engine): Promise<boolean> {
  const mark = await readIfPlain(markOf(folder))
  return mark !== undefined && mark === (await digestOf(folder, engine)) && isWhole(folder)
}

/** If there is no room for the note, the next command runs `init` again. */
export async function markInitialised(folder: string, engine: Engine): Promise<void> {
  const digest = await digestOf(folder, engine)
  await writeFile(markOf(folder), digest).catch(() => undefined)
}

/**
 * The next action may leave the folder half initialised, or something is already known to be wrong with it.
 */
export const unmarkInitialised = (folder: string): Promise<void> =>
  rm(markOf(folder), { force: true }).catch(() => undefined)

/** A digest of everything that `init` depends on. */
async function digestOf(folder: string, { version }: Engine): Promise<string> {
  const text = await readFile(join(folder, 'cdk.tf.json'), 'utf8')
  const { terraform } = JSON.parse(text) as { readonly terraform: unknown }
  return createHash('sha256').update(JSON.stringify({ version, terraform })).digest('hex')
}

/** Providers are links into a cache or a mirror, which someone may have emptied. */
async function isWhole(folder: string): Promise<boolean> {
  const providers = join(folder, FILLED, 'providers')
  const found = await readdir(providers, { recursive: true, withFileTypes: true }).catch(() => [])
  const links = found
    .filter((entry) => entry.isSymbolicLink())
    .map(({ parentPath, name }) => join(parentPath, name))
  const lock = links.length > 0 ? [join(folder, '.terraform.lock.hcl')] : []
  const needed = [join(folder, FILLED, 'terraform.tfstate'), ...lock, ...links]
  const looks = await Promise.allSettled(needed.map((path) => access(path)))
  return looks.every(({ status }) => status === 'fulfilled')
}
