import { writeSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { withGuard } from '../backend/guard.js'
import { clearRuntimeFiles } from './machine/disk.js'
import { readExpiry, timeLeft } from './machine/expiry.js'
import { machineFiles, type MachineFiles } from './files.js'
import { findQemu, POWERDOWN_GRACE_MS, stopQemu } from './qemu/process.js'

/**
 * `watchdog.js <id> <directory>`: powers one machine off when it expires, even if no command ever runs again.
 * The driver starts it detached before QEMU (arming.ts), so it also waits while there is no QEMU. It ends
 * when the machine has been powered off, has no expiry according to its file, or is gone. On errors it never
 * ends, but tries again.
 */

/**
 * The longest sleep. Then it reads the file and the wall clock again, so it notices a moved expiry, a changed
 * clock and a suspended computer within this time.
 */
const LOOK_MS = 5_000
const RETRY_MS = 2_000
/** A hanging driver must not keep an expired machine alive. */
const GUARD_WAIT_MS = 60_000

async function watch(id: string, files: MachineFiles): Promise<void> {
  let known: string | undefined
  for (;;) {
    const state = await look(id, files, known).catch(reported)
    if (state === 'over') return
    if (state !== undefined && state.expiresAt !== known) {
      known = state.expiresAt
      say(`the machine must be off at ${known}`)
    }
    const left = known === undefined ? LOOK_MS : timeLeft(known, Date.now())
    if (left > 0) await sleep(Math.min(left, LOOK_MS))
    else if ((await enforce(id, files, known).catch(reported)) === 'over') return
    else await sleep(RETRY_MS)
  }
}

/**
 * Deleting or damaging the file, or the folder of a running machine, removes its expiry from disk, but not
 * from this process's memory.
 */
async function look(
  id: string,
  files: MachineFiles,
  known: string | undefined,
): Promise<{ readonly expiresAt: string | undefined } | 'over'> {
  const expiresAt = await readExpiry(files)
  if (expiresAt === null) return 'over'
  if (expiresAt !== undefined) return { expiresAt }
  if (known !== undefined && (await exists(files.directory))) return { expiresAt: known }
  return (await findQemu(id, files)).length > 0 ? { expiresAt: known } : 'over'
}

/**
 * Waits for a running driver if need be. Continues without the guard if it cannot be had, and tries again
 * later.
 */
async function enforce(
  id: string,
  files: MachineFiles,
  known: string | undefined,
): Promise<'over' | 'again'> {
  try {
    return await withGuard(files.guard, { timeoutMs: GUARD_WAIT_MS }, () => powerOff(id, files, known))
  } catch (error) {
    reported(error)
    await powerOff(id, files, known)
    return 'again'
  }
}

/** Unless it just got more time. */
async function powerOff(
  id: string,
  files: MachineFiles,
  known: string | undefined,
): Promise<'over' | 'again'> {
  const state = await look(id, files, known)
  if (state === 'over') return 'over'
  if (state.expiresAt === undefined || timeLeft(state.expiresAt, Date.now()) > 0) return 'again'
  say('it is time: powering the machine off')
  await stopQemu(id, files, POWERDOWN_GRACE_MS)
  if ((await findQemu(id, files)).length > 0) throw new Error('QEMU still runs')
  await clearRuntimeFiles(files)
  return 'over'
}

const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined

let lastReported = ''

/** Only once: a failure every few seconds must not fill the disk. */
function reported(error: unknown): undefined {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (text !== lastReported) say(text)
  lastReported = text
}

/** Standard error is the machine's watchdog.log. */
function say(text: string): void {
  try {
    writeSync(2, `${new Date().toISOString()} ${text}\n`)
  } catch {
    // A full disk is no reason to keep a machine alive: text that could not be written is lost.
  }
}

// Otherwise a stray socket error would end this process, which must not end.
process.on('uncaughtException', reported)
const [id, directory] = process.argv.slice(2)
if (id !== undefined && directory !== undefined) await watch(id, machineFiles(id, directory))
