import { stat, statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Control } from './context.js'
import { DriverError } from '../errors.js'
import { machineFiles, type MachineFiles } from '../files.js'
import { guarded } from './guarded.js'
import { guestBytesOf } from '../image/disk-header.js'
import type { MachineKey } from '../protocol.js'
import { askRunState, type RunState, runStateOf } from '../qemu/power.js'
import { findQemu, stopQemu } from '../qemu/process.js'
import { QmpFailure, QmpSession } from '../qemu/qmp.js'

/** With less free room the guest would soon stand still again. In bytes. */
const LEAST_ROOM = 64 * 1024 * 1024
/** QEMU immediately repeats the write that failed. */
const SETTLE_MS = 200

/**
 * Resumes a guest that stands still with everything in memory: it was paused, or the host's disk was full. If
 * it cannot resume, it is powered off, to be started again. Throws machine-out-of-room.
 */
export async function wakeMachine(key: MachineKey, control: Control): Promise<void> {
  const files = machineFiles(key.id, key.directory)
  if ((await findQemu(key.id, files)).length === 0) return
  const state = await runStateOf(files)
  if (state === 'running' || state === 'unknown') return
  await guarded(key, files, control, () => wakeGuarded(key.id, files, control))
}

/** The same under the machine's guard. `off`: it could not resume, and no QEMU of the machine is left. */
export async function wakeGuarded(id: string, files: MachineFiles, control: Control): Promise<'on' | 'off'> {
  const wake = (session: QmpSession): Promise<'on' | 'off'> => wakeBy(session, id, files, control)
  const power = await QmpSession.with(files.directory, wake)
  if (power === 'off') await stopQemu(id, files, 0)
  return power ?? 'on'
}

async function wakeBy(
  session: QmpSession,
  id: string,
  files: MachineFiles,
  control: Control,
): Promise<'on' | 'off'> {
  const state = await askRunState(session)
  if (state === 'running') return 'on'
  if (state === 'io-error') await requireRoom(id, files)
  control.report('start', `${id} is paused (${state}): resuming it`)
  try {
    await session.execute(state === 'suspended' ? 'system_wakeup' : 'cont')
  } catch (error) {
    if (!(error instanceof QmpFailure)) throw error
    control.report('start', `${id} cannot resume: ${error.reason}`)
    return 'off'
  }
  if (state === 'io-error') await assertGoesOn(session, id, files)
  return 'on'
}

async function assertGoesOn(session: QmpSession, id: string, files: MachineFiles): Promise<void> {
  await sleep(SETTLE_MS)
  const state: RunState | 'unknown' = await askRunState(session)
  if (state === 'io-error') throw await outOfRoom(id, files)
}

async function requireRoom(id: string, files: MachineFiles): Promise<void> {
  const { free, needed } = await roomOf(files)
  if (free < needed) throw await outOfRoom(id, files)
}

async function outOfRoom(id: string, files: MachineFiles): Promise<DriverError> {
  const room = await roomOf(files)
  return new DriverError({ code: 'machine-out-of-room', id, directory: files.directory, ...room })
}

/** In bytes. `growth`: how much of the host's disk the machine's disk may still use. */
async function roomOf(files: MachineFiles): Promise<{ free: number; needed: number; growth: number }> {
  const { bavail, bsize } = await statfs(files.directory)
  const { blocks } = await stat(files.overlay)
  const growth = Math.max(0, (await guestBytesOf(files.overlay)) - blocks * 512)
  return { free: bavail * bsize, needed: Math.min(LEAST_ROOM, growth), growth }
}
