import { lstat, readdir, rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { unlessAbsent } from '../errors.js'
import type { MachineFiles } from '../files.js'
import { isNetworkFile, NETWORK_FOLDER, type NetworkFiles, networkFiles } from './network-files.js'
import { endSwitch } from './switch-process.js'

/** Ends and removes the private network of a lab whose last machine has been removed. Returns what it removed. */
export async function removeNetwork(machine: MachineFiles): Promise<string[]> {
  const files = networkFiles(machine.directory)
  if (!(await isDeserted(machine, files))) return []
  await endSwitch(files)
  const entries = (await unlessAbsent(files.directory, readdir(files.directory))) ?? []
  const own = entries.filter(isNetworkFile)
  for (const name of own) await unlessAbsent(files.directory, unlink(join(files.directory, name)))
  if (own.length < entries.length) return []
  await unlessAbsent(files.directory, rmdir(files.directory))
  return [files.directory]
}

/** What is left in such a network's folder and is not ours. */
export async function strangeInNetwork(machine: MachineFiles): Promise<string[]> {
  const files = networkFiles(machine.directory)
  if (!(await isDeserted(machine, files))) return []
  const entries = (await unlessAbsent(files.directory, readdir(files.directory))) ?? []
  return entries.map((name) => join(files.directory, name))
}

/** The network's own folder, never a link to one, is all that the lab's folder still contains. */
async function isDeserted({ directory, machines }: MachineFiles, files: NetworkFiles): Promise<boolean> {
  if (dirname(directory) === machines) return false
  const found = await unlessAbsent(files.directory, lstat(files.directory))
  if (found?.isDirectory() !== true) return false
  return (await readdir(files.lab)).every((name) => name === NETWORK_FOLDER)
}
