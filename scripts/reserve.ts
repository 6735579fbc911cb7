import { randomBytes } from 'node:crypto'
import { open, rm, stat, statfs } from 'node:fs/promises'
import { promisify } from 'node:util'
import { systemErrorOf } from '../backend/system-error.js'
import type { Context } from './context.js'
import { reserveFile } from './workspace.js'

/**
 * Disk space reserved for the end of labs: `down` writes records, its lease, a log and a work folder, and
 * must not fail for lack of room when it could free a full disk. One lab needs less than 64 KB (measured);
 * twenty may end at once.
 */
const RESERVE_BYTES = 8 * 1024 * 1024

type Places = Pick<Context, 'space' | 'location'>

/** Releases the reserve while labs are destroyed. */
export async function withReserve<T>(places: Places, action: () => Promise<T>): Promise<T> {
  for (const folder of foldersOf(places)) await rm(reserveFile(folder), { force: true }).catch(unlessRefused)
  try {
    return await action()
  } finally {
    await keepReserve(places)
  }
}

/**
 * Makes sure that each disk that labs are written to has a reserve, if there is room for twice as much: it
 * must not fill a disk, nor use what another command has just released. Without it everything works as long
 * as there is room.
 */
export async function keepReserve(places: Places): Promise<void> {
  const disks = new Set<number>()
  for (const folder of foldersOf(places)) {
    try {
      const { dev } = await stat(folder)
      if (!disks.has(dev)) await fill(folder)
      disks.add(dev)
    } catch (error) {
      unlessRefused(error)
    }
  }
}

/** The command that needs an unwritable folder reports it. */
function unlessRefused(error: unknown): void {
  if (systemErrorOf(error) === undefined) throw error
}

const foldersOf = ({ space, location }: Places): readonly string[] => [
  ...new Set([space.home, space.cache, ...(location.kind === 'directory' ? [location.path] : [])]),
]

async function fill(folder: string): Promise<void> {
  const path = reserveFile(folder)
  const present = await stat(path).catch(() => undefined)
  if (present !== undefined && present.blocks * 512 >= RESERVE_BYTES) return
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < 2 * RESERVE_BYTES) return
  try {
    const file = await open(path, 'w', 0o600)
    try {
      // A file system that compresses or deduplicates gives blocks only to noise.
      await file.writeFile(await promisify(randomBytes)(RESERVE_BYTES))
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}
