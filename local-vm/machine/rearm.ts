import { BackendError } from '../../backend/errors.js'
import { withGuard } from '../../backend/guard.js'
import { armIfMissing, isArmed } from './arming.js'
import { DriverError, errnoOf } from '../errors.js'
import { readExpiry, writeExpiry } from './expiry.js'
import { machineFiles, type MachineFiles } from '../files.js'
import type { MachineKey } from '../protocol.js'
import { findQemu } from '../qemu/process.js'

/**
 * Gives a running machine the watchdog that it has lost; if the machine has expired, the watchdog powers it
 * off immediately. Uses the machine's own expiry file, and `recorded` (null: no expiry) only if that file is
 * lost. Quick, and safe for code that only looks: a machine that a driver is changing is left alone, and if
 * nothing can be written, everything stays as it was.
 */
export async function rearm(key: MachineKey, recorded: string | null): Promise<void> {
  const files = machineFiles(key.id, key.directory)
  if (!(await isUnwatched(key.id, files, recorded))) return
  try {
    await withGuard(files.guard, { timeoutMs: 0, isFolderNeeded: true }, async () => {
      if (!(await isUnwatched(key.id, files, recorded))) return
      if ((await readExpiry(files)) === undefined && recorded !== null) await writeExpiry(files, recorded)
      await armIfMissing(key.id, files)
    })
  } catch (error) {
    if (!isLeft(error)) throw error
  }
}

async function isUnwatched(id: string, files: MachineFiles, recorded: string | null): Promise<boolean> {
  if ((await findQemu(id, files)).length === 0) return false
  const expiresAt = await readExpiry(files)
  if (expiresAt === null) return false
  if (expiresAt === undefined) return recorded !== null
  return !(await isArmed(id, files))
}

const isLeft = (error: unknown): boolean =>
  (error instanceof BackendError && error.fault.code === 'guard-timeout') ||
  (error instanceof DriverError && ['disk-full', 'place-unwritable'].includes(error.fault.code)) ||
  errnoOf(error) !== undefined
