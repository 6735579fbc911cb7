import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DriverError, writeFailure } from '../errors.js'
import { openLog } from '../machine/arming.js'
import { makeFolder, PRIVATE_FILE } from '../machine/folder.js'
import { findProcesses, type FoundProcess, isSuspended, killProcesses } from '../machine/process-table.js'
import { isNameable } from '../qemu/socket-in.js'
import { startDetached } from '../run.js'
import { askSwitch } from './ask-switch.js'
import type { SwitchState } from './lab-switch.js'
import type { NetworkFiles } from './network-files.js'

/** Starts and ends the switch of a lab's private network (switch.ts). */

const PROGRAM = 'switch.js'
const START_WAIT_MS = 15_000

/** By name only: one that another installation of this program started is just as good. */
export function isSwitchOf({ lab }: NetworkFiles, words: readonly string[]): boolean {
  const at = words.indexOf(lab)
  return at > 0 && basename(words[at - 1] ?? '') === PROGRAM
}

const findSwitches = (files: NetworkFiles): Promise<FoundProcess[]> =>
  findProcesses((words) => isSwitchOf(files, words), files.pid)

/**
 * Starts the switch unless it answers, and does not wait for it. Two callers at once may start two: the later
 * one takes over, and the other ends. Throws disk-full or place-unwritable.
 */
export async function ensureSwitch(files: NetworkFiles): Promise<void> {
  if ((await askSwitch(files)) !== undefined) return
  assertNameable(files)
  // It holds the machines' cards, and passes nothing on.
  for (const found of await findSwitches(files)) {
    if (await isSuspended(found.identity.pid)) await killProcesses([found])
  }
  await makeFolder(files.directory)
  try {
    const log = await openLog(files.log)
    try {
      const pid = await startDetached(process.execPath, [switchProgram(), files.lab], log.fd)
      await writeFile(files.pid, `${pid}\n`, { mode: PRIVATE_FILE })
    } finally {
      await log.close()
    }
  } catch (error) {
    throw writeFailure(error, files.directory)
  }
}

/** What the switch says, once it has looked at the machines and the separated pairs. Throws switch-silent. */
export async function requireSwitch(files: NetworkFiles): Promise<SwitchState> {
  await ensureSwitch(files)
  const deadline = performance.now() + START_WAIT_MS
  for (;;) {
    const state = await askSwitch(files)
    if (state !== undefined) return state
    if (performance.now() > deadline) throw new DriverError({ code: 'switch-silent', log: files.log })
    await sleep(50)
  }
}

/** It holds nothing but connections, so it can be killed at any time. */
export async function endSwitch(files: NetworkFiles): Promise<void> {
  await killProcesses(await findSwitches(files))
}

function assertNameable({ control, directory }: NetworkFiles): void {
  if (isNameable(control)) return
  const reason = 'its path is too long for a Unix socket'
  throw new DriverError({ code: 'place-unwritable', place: directory, reason })
}

const switchProgram = (): string => createRequire(import.meta.url).resolve(`#package/dist/bundle/${PROGRAM}`)
