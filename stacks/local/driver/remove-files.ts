import { existsSync, readFileSync, rmdirSync, unlinkSync, writeFileSync, type Dirent } from 'node:fs'
import { readdir, rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from './errors.js'
import { knownFiles, seedFiles, type MachineFiles } from './files.js'
import { PRIVATE_FILE } from './folder.js'

/** Removes what the driver makes in a machine's own folder, by name. A link is removed itself, never followed. */
export async function removeFiles(files: MachineFiles): Promise<string[]> {
  const known = new Set(knownFiles(files))
  const removed: string[] = []
  let stays = 0
  for (const { path, isFolder } of await entriesOf(files.directory)) {
    if (path === files.meta) continue
    const isOurs = path === files.seed && isFolder ? await removeSeed(path) : known.has(path) && !isFolder
    if (!isOurs) stays++
    else {
      if (!isFolder) await unlink(path).catch(unlessAbsent)
      removed.push(path)
    }
  }
  return stays === 0 ? [...removed, ...removeMark(files)] : removed
}

/** False when something else lies in it, which stays. */
async function removeSeed(seed: string): Promise<boolean> {
  for (const name of seedFiles) await unlink(join(seed, name)).catch(unlessAbsent)
  return removeFolder(seed)
}

/**
 * By the mark the next round, or the next command, knows the folder again; so it goes in one go with the folder, and comes
 * back if a QEMU has written in between.
 */
function removeMark({ directory, meta }: MachineFiles): string[] {
  if (!existsSync(meta)) return []
  const mark = readFileSync(meta)
  unlinkSync(meta)
  try {
    rmdirSync(directory)
    return [meta, directory]
  } catch (error) {
    if (!isNotEmpty(error)) throw error
    writeFileSync(meta, mark, { flag: 'wx', mode: PRIVATE_FILE })
    return []
  }
}

interface Entry {
  readonly path: string
  readonly isFolder: boolean
}

export async function entriesOf(folder: string): Promise<Entry[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown): Dirent[] => {
    unlessAbsent(error)
    return []
  })
  return entries.map((entry) => ({ path: join(folder, entry.name), isFolder: entry.isDirectory() }))
}

function unlessAbsent(error: unknown): void {
  if (errnoOf(error) !== 'ENOENT') throw error
}

const isNotEmpty = (error: unknown): boolean => ['ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')

/** False when something lies in it. */
async function removeFolder(folder: string): Promise<boolean> {
  try {
    await rmdir(folder)
    return true
  } catch (error) {
    if (isNotEmpty(error)) return false
    throw error
  }
}

/** From the machine's folder up to, and without, the folder `machines`. */
export async function removeEmptyFolders(from: string, machines: string): Promise<string[]> {
  const removed: string[] = []
  for (
    let folder = from;
    folder !== machines && folder.startsWith(`${machines}/`);
    folder = dirname(folder)
  ) {
    try {
      // Another machine of the lab still lives there.
      if (!(await removeFolder(folder))) break
      removed.push(folder)
    } catch (error) {
      unlessAbsent(error)
    }
  }
  return removed
}
