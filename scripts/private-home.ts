import { chmod, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { exactly, PRIVATE_MODES } from '../backend/folder-modes.js'
import { isErrno } from '../backend/system-error.js'
import { homeFolders, isHomeName } from './workspace.js'

/**
 * Takes the folders of this user's state from everyone else, as another umask may have made them otherwise: those that
 * distrolab makes in `home`, and `home` itself where nothing else lies in it. What belongs to another user is left
 * alone. Returns the folders that it closed.
 */
export async function keepPrivate(home: string): Promise<string[]> {
  const names = await readdir(home).catch((error: unknown): string[] => {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR') || isErrno(error, 'EACCES')) return []
    throw error
  })
  if (names.length === 0) return []
  const isOurs = names.every(isHomeName)
  const folders = homeFolders.filter((name) => names.includes(name)).map((name) => join(home, name))
  const closed = await Promise.all([...(isOurs ? [home] : []), ...folders].map(close))
  return closed.flat()
}

async function close(folder: string): Promise<string[]> {
  const found = await lstat(folder)
  // A sticky folder is one that users share.
  const isOpen = found.isDirectory() && (found.mode & 0o1000) === 0 && (found.mode & 0o077) !== 0
  if (!isOpen || found.uid !== process.geteuid?.()) return []
  await exactly(() => chmod(folder, PRIVATE_MODES.folder))
  return [folder]
}
