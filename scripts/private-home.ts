import { chmod, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PRIVATE_MODES } from '../backend/folder-modes.js'
import { systemErrorOf, type SystemError } from '../backend/system-error.js'
import { homeFolders, isHomeName } from './workspace.js'

/**
 * Closes the folders of this user's state to everyone else, in case another umask left them open: those that
 * distrolab makes in `home`, and `home` itself if nothing else is in it. Leaves folders of other users alone.
 * Returns the folders that it closed.
 */
export async function keepPrivate(home: string): Promise<string[]> {
  const names = (await readdir(home).catch(unlessSystemError)) ?? []
  if (names.length === 0) return []
  const isOurs = names.every(isHomeName)
  const folders = homeFolders.filter((name) => names.includes(name)).map((name) => join(home, name))
  const closed = await Promise.all([...(isOurs ? [home] : []), ...folders].map(close))
  return closed.flat()
}

async function close(folder: string): Promise<string[]> {
  const found = await lstat(folder).catch(unlessSystemError)
  if (found === undefined || found.uid !== process.geteuid?.()) return []
  // A sticky folder is shared on purpose.
  const isOpen = found.isDirectory() && (found.mode & 0o1000) === 0 && (found.mode & 0o077) !== 0
  if (!isOpen) return []
  // Only removes permissions: a folder that its owner made read-only stays read-only.
  const refused = await chmod(folder, found.mode & PRIVATE_MODES.folder).catch(systemErrorIn)
  return refused === undefined ? [folder] : []
}

/** If a folder cannot be read or closed, the command that needs it says so; other commands still work. */
function systemErrorIn(error: unknown): SystemError {
  const said = systemErrorOf(error)
  if (said === undefined) throw error
  return said
}

function unlessSystemError(error: unknown): undefined {
  systemErrorIn(error)
}
