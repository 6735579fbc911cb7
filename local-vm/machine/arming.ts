import { open, writeFile, type FileHandle } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { isFull, writeFailure } from '../errors.js'
import { readExpiry } from './expiry.js'
import type { MachineFiles } from '../files.js'
import { PRIVATE_FILE } from './folder.js'
import { findProcesses, type FoundProcess, isSuspended, killProcesses } from './process-table.js'
import { startDetached } from '../run.js'

/** Starting and ending a machine's watchdog (watchdog.ts). What changes something is called under the machine's guard. */

const PROGRAM = 'watchdog.js'

/** The machine's watchdogs, known by their command line. There is one at most, but for a driver killed on macOS. */
export async function findWatchdogs(id: string, files: MachineFiles): Promise<FoundProcess[]> {
  return findProcesses((words) => isWatchdogOf(id, files, words), files.watchdogPid)
}

/** By name only: one that another installation of this program started is just as good. */
export function isWatchdogOf(id: string, files: MachineFiles, words: readonly string[]): boolean {
  const at = words.indexOf(id)
  return at > 1 && basename(words[at - 1] ?? '') === PROGRAM && words[at + 1] === files.directory
}

/** Before a QEMU is started: a watchdog of before may be about to end, having nothing left to do. */
export async function armAnew(id: string, files: MachineFiles): Promise<void> {
  await disarm(id, files)
  await armIfMissing(id, files)
}

/** Whether a watchdog is at work: one that is suspended powers nothing off. */
export async function isArmed(id: string, files: MachineFiles): Promise<boolean> {
  for (const { identity } of await findWatchdogs(id, files)) {
    if (!(await isSuspended(identity.pid))) return true
  }
  return false
}

/**
 * While QEMU runs a watchdog does not end by itself, so one that is there stays, also where the file it went by is lost: it
 * knows the time. Without an expiry there is none.
 */
export async function armIfMissing(id: string, files: MachineFiles): Promise<void> {
  const expiresAt = await readExpiry(files)
  if (expiresAt === null) return disarm(id, files)
  if (expiresAt === undefined || (await isArmed(id, files))) return
  await disarm(id, files)
  try {
    const log = await openLog(files)
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

/** A full disk is no reason to let a machine live on. */
const openLog = (files: MachineFiles): Promise<FileHandle> =>
  open(files.watchdogLog, 'a').catch((error: unknown) => {
    unlessFull(error)
    return open('/dev/null', 'a')
  })

function unlessFull(error: unknown): void {
  if (!isFull(error)) throw error
}

/** It holds nothing but the guard, which is ours: it can be killed at any time. */
export async function disarm(id: string, files: MachineFiles): Promise<void> {
  await killProcesses(await findWatchdogs(id, files))
}

const watchdogProgram = (): string =>
  createRequire(import.meta.url).resolve(`#package/dist/bundle/${PROGRAM}`)
