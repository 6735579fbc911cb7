import { open, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { writeFailure } from './errors.js'
import { readExpiry } from './expiry.js'
import type { MachineFiles } from './files.js'
import { PRIVATE_FILE } from './folder.js'
import { findProcesses, type FoundProcess, killProcesses } from './process-table.js'
import { startDetached } from './run.js'

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

/** While QEMU runs a watchdog does not end by itself, so one that is there stays. Without an expiry there is none. */
export async function armIfMissing(id: string, files: MachineFiles): Promise<void> {
  if ((await readExpiry(files)) === undefined) return disarm(id, files)
  if ((await findWatchdogs(id, files)).length > 0) return
  try {
    const log = await open(files.watchdogLog, 'a', PRIVATE_FILE)
    try {
      const words = [watchdogProgram(), id, files.directory]
      const pid = await startDetached(process.execPath, words, log.fd)
      await writeFile(files.watchdogPid, `${pid}\n`, { mode: PRIVATE_FILE })
    } finally {
      await log.close()
    }
  } catch (error) {
    throw writeFailure(error, files.directory)
  }
}

/** It holds nothing but the guard, which is ours: it can be killed at any time. */
export async function disarm(id: string, files: MachineFiles): Promise<void> {
  await killProcesses(await findWatchdogs(id, files))
}

const watchdogProgram = (): string =>
  createRequire(import.meta.url).resolve(`#package/dist/bundle/${PROGRAM}`)
