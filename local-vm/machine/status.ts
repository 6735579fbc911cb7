import { isArmed } from './arming.js'
import { findPanic } from './console.js'
import { readExpiry } from './expiry.js'
import { machineFiles } from '../files.js'
import { presenceOf } from './presence.js'
import type { MachineKey, StatusResult } from '../protocol.js'
import { findQemu } from '../qemu/process.js'

/** Only looks: it never asks the user and changes nothing. */
export async function statusOf({ id, directory }: MachineKey): Promise<StatusResult> {
  const files = machineFiles(id, directory)
  const [running] = await findQemu(id, files)
  const expiresAt = (await readExpiry(files)) ?? undefined
  if (running === undefined) {
    const presence = await presenceOf(files)
    return { id, presence: presence === 'whole' ? 'stopped' : presence, expiresAt }
  }
  const { pid, startTime } = running.identity
  const missing = expiresAt === undefined ? undefined : 'missing'
  const watchdog = (await isArmed(id, files)) ? 'armed' : missing
  const panic = await findPanic(files)
  return { id, presence: 'running', pid, startTime, port: running.port, expiresAt, watchdog, panic }
}
