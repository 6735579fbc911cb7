import { chmod, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PRIVATE_MODES } from '../backend/folder-modes.js'
import { systemErrorOf, type SystemError } from '../backend/system-error.js'
import { homeFolders, isHomeName } from './workspace.js'

/**
 * Takes the folders of this user's state from everyone else, as another umask may have made them otherwise: those that
 * distrolab makes in `home`, and `home` itself where nothing else lies in it. What belongs to another user is left
 * alone. Returns the folders that it closed.
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
  // A sticky folder is one that users share.
  const isOpen = found.isDirectory() && (found.mode & 0o1000) === 0 && (found.mode & 0o077) !== 0
  if (!isOpen) return []
  // Nothing is given: one that its owner made read-only stays so.
  const refused = await chmod(folder, found.mode & PRIVATE_MODES.folder).catch(systemErrorIn)
  return refused === undefined ? [folder] : []
}

/** Where a folder cannot be read or closed, whoever needs it says so: a command that does not may still be of use. */
function systemErrorIn(error: unknown): SystemError {
  const said = systemErrorOf(error)
  if (said === undefined) throw error
  return said
}

function unlessSystemError(error: unknown): undefined {
  systemErrorIn(error)
}
