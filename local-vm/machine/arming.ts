import { open, writeFile, type FileHandle } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { isFull, writeFailure } from '../errors.js'
import { readExpiry } from './expiry.js'
import type { MachineFiles } from '../files.js'
import { PRIVATE_FILE } from './folder.js'
import { findProcesses, type FoundProcess, isSuspended, killProcesses } from './process-table.js'
import { startDetached } from '../run.js'

/**
 * Starts and ends a machine's watchdog (watchdog.ts). Functions that change something are called under the
 * machine's guard.
 */

const PROGRAM = 'watchdog.js'

/**
 * The machine's watchdogs, recognised by their command line. There is at most one, unless a driver was killed
 * on macOS.
 */
export async function findWatchdogs(id: string, files: MachineFiles): Promise<FoundProcess[]> {
  return findProcesses((words) => isWatchdogOf(id, files, words), files.watchdogPid)
}

/** By name only: a watchdog that another installation of this program started is just as good. */
export function isWatchdogOf(id: string, files: MachineFiles, words: readonly string[]): boolean {
  const at = words.indexOf(id)
  return at > 1 && basename(words[at - 1] ?? '') === PROGRAM && words[at + 1] === files.directory
}

/** Called before a QEMU starts, because an older watchdog may be about to end: it has nothing left to do. */
export async function armAnew(id: string, files: MachineFiles): Promise<void> {
  await disarm(id, files)
  await armIfMissing(id, files)
}

/** Whether a watchdog works; a suspended one powers nothing off. */
export async function isArmed(id: string, files: MachineFiles): Promise<boolean> {
  for (const { identity } of await findWatchdogs(id, files)) {
    if (!(await isSuspended(identity.pid))) return true
  }
  return false
}

/**
 * A watchdog does not end while QEMU runs, so an existing one stays, even if its expiry file is lost: it
 * knows the time. Without an expiry there is none.
 */
export async function armIfMissing(id: string, files: MachineFiles): Promise<void> {
  const expiresAt = await readExpiry(files)
  if (expiresAt === null) return disarm(id, files)
  if (expiresAt === undefined || (await isArmed(id, files))) return
  await disarm(id, files)
  try {
    const log = await openLog(files.watchdogLog)
    try {
      const words = [watchdogProgram(), id, files.directory]
      const pid = await startDetached(process.execPath, words, log.fd)
      await writeFile(files.watchdogPid, `${pid}\n`, { mode: PRIVATE_FILE }).catch(unlessFull)
    } finally {
      await log.close()
    }
  } catch (error) {
    throw writeFailure(error, files.directory)
  }
}

/** A full disk is no reason to keep a machine alive. */
export const openLog = (log: string): Promise<FileHandle> =>
  open(log, 'a', PRIVATE_FILE).catch((error: unknown) => {
    unlessFull(error)
    return open('/dev/null', 'a')
  })

function unlessFull(error: unknown): void {
  if (!isFull(error)) throw error
}

/** It holds only the guard, which is ours, so it can be killed at any time. */
export async function disarm(id: string, files: MachineFiles): Promise<void> {
  await killProcesses(await findWatchdogs(id, files))
}

const watchdogProgram = (): string =>
  createRequire(import.meta.url).resolve(`#package/dist/bundle/${PROGRAM}`)
