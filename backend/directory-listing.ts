import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { reading } from './directory-errors.js'
import { BackendError } from './errors.js'
import type { Skipped } from './store.js'
import { isErrno } from './system-error.js'

/**
 * The keys of everything below a folder, whose name is empty or ends in a slash; undefined if it does not
 * exist.
 */
export async function listKeys(
  root: string,
  folder: string,
  skipped?: Skipped,
): Promise<readonly string[] | undefined> {
  const path = join(root, folder)
  const entries = await reading(path, () => readFolder(path))
  const visible = entries?.filter((entry) => !entry.name.startsWith('.'))
  if (visible === undefined) return undefined
  const nested = await Promise.all(
    visible.map(async (entry) => {
      if (entry.isDirectory() && !isNameOfObject(entry.name))
        return listBelow(root, `${folder}${entry.name}/`, skipped)
      // Entries that are not files, even folders in place of one, stay in the list: the reader reports them.
      // Leaving them out would hide a lab.
      return [`${folder}${entry.name}`]
    }),
  )
  return nested.flat()
}

/** Every object that is listed has a name of this kind; no lab's name has a dot. */
const isNameOfObject = (name: string): boolean => name.endsWith('.json')

async function listBelow(root: string, folder: string, skipped?: Skipped): Promise<readonly string[]> {
  try {
    return (await listKeys(root, folder, skipped)) ?? []
  } catch (error) {
    if (skipped === undefined || !(error instanceof BackendError)) throw error
    skipped(folder, error)
    return []
  }
}

async function readFolder(path: string): Promise<Dirent[] | undefined> {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
