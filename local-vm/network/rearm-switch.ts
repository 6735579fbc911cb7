import { lstat } from 'node:fs/promises'
import { machineFiles } from '../files.js'
import type { MachineKey } from '../protocol.js'
import { findQemu } from '../qemu/process.js'
import { networkFiles } from './network-files.js'
import { ensureSwitch } from './switch-process.js'

/**
 * Gives a lab of running machines the switch that it has lost. Quick, and safe for code that only looks: if
 * it cannot be started, everything stays as it was.
 */
export async function rearmSwitch(keys: readonly MachineKey[]): Promise<void> {
  for (const key of keys) {
    if (await isPlugged(key)) return ensureSwitch(networkFiles(key.directory)).catch(() => undefined)
  }
}

async function isPlugged({ id, directory }: MachineKey): Promise<boolean> {
  const files = machineFiles(id, directory)
  const card = await lstat(files.card).catch(() => undefined)
  return card?.isSocket() === true && (await findQemu(id, files)).length > 0
}
