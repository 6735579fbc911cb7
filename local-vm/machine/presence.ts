import { lstat, readdir, stat } from 'node:fs/promises'
import { readMeta } from './disk.js'
import { unlessAbsent } from '../errors.js'
import type { MachineFiles } from '../files.js'
import type { MachineKey } from '../protocol.js'
import { findQemu } from '../qemu/process.js'

/** What exists of a machine on disk. */
export async function presenceOf(files: MachineFiles): Promise<'absent' | 'partial' | 'whole'> {
  if (!(await isFilled(files.directory))) return 'absent'
  const overlay = await unlessAbsent(files.overlay, stat(files.overlay))
  return overlay !== undefined && (await readMeta(files)) !== undefined ? 'whole' : 'partial'
}

const isFilled = async (folder: string): Promise<boolean> =>
  ((await unlessAbsent(folder, readdir(folder))) ?? []).length > 0

/** Nothing exists, not even the guard of a running or killed driver (a dangling link, hence lstat). */
export async function isGone(key: MachineKey, files: MachineFiles): Promise<boolean> {
  if (await isFilled(files.directory)) return false
  if ((await findQemu(key.id, files)).length > 0) return false
  return (await unlessAbsent(files.guard, lstat(files.guard))) === undefined
}
