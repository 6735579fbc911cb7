import { rmdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { readdir, rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readIfPlainSync } from '../../backend/plain-file.js'
import { errnoOf, unlessAbsent } from '../errors.js'
import { knownFiles, seedFiles, type MachineFiles } from '../files.js'
import { PRIVATE_FILE } from './folder.js'

/**
 * Removes the driver's files in a machine's own folder, by name. A link is removed itself, never followed.
 */
export async function removeFiles(files: MachineFiles): Promise<string[]> {
  const known = new Set(knownFiles(files))
  const removed: string[] = []
  let stays = 0
  for (const { path, isFolder } of await entriesOf(files.directory)) {
    if (path === files.meta) continue
    const isOurs = path === files.seed && isFolder ? await removeSeed(path) : known.has(path) && !isFolder
    if (!isOurs) stays++
    else {
      if (!isFolder) await unlessAbsent(path, unlink(path))
      removed.push(path)
    }
  }
  return stays === 0 ? [...removed, ...removeMark(files)] : removed
}

/** False if something else is in it, which stays. */
async function removeSeed(seed: string): Promise<boolean> {
  for (const name of seedFiles) await unlessAbsent(seed, unlink(join(seed, name)))
  return removeFolder(seed)
}

/**
 * The next round or command recognises the folder by its mark. So the mark is removed together with the
 * folder, and restored if a QEMU has written in between.
 */
function removeMark({ directory, meta }: MachineFiles): string[] {
  const mark = readIfPlainSync(meta)
  if (mark === undefined) return []
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
  const entries = (await unlessAbsent(folder, readdir(folder, { withFileTypes: true }))) ?? []
  return entries.map((entry) => ({ path: join(folder, entry.name), isFolder: entry.isDirectory() }))
}

const isNotEmpty = (error: unknown): boolean => ['ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')

/** False if something is in it. */
async function removeFolder(folder: string): Promise<boolean> {
  try {
    await rmdir(folder)
    return true
  } catch (error) {
    if (isNotEmpty(error)) return false
    throw error
  }
}

/** From the machine's folder upward; the folder `machines` is not included. */
export async function removeEmptyFolders(from: string, machines: string): Promise<string[]> {
  const removed: string[] = []
  for (
    let folder = from;
    folder !== machines && folder.startsWith(`${machines}/`);
    folder = dirname(folder)
  ) {
    const isRemoved = await unlessAbsent(folder, removeFolder(folder))
    // Another machine of the lab still lives there.
    if (isRemoved === false) break
    if (isRemoved === true) removed.push(folder)
  }
  return removed
}
