import { lstat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isWatchdogOf } from './arming.js'
import type { Control } from './context.js'
import { DriverError, unlessAbsent } from '../errors.js'
import { knownFiles, machineFiles, type MachineFiles } from '../files.js'
import { guarded } from './guarded.js'
import { assertOwnFolder } from './own-folder.js'
import { isGone } from './presence.js'
import { findProcesses, killProcesses, type FoundProcess } from './process-table.js'
import type { MachineKey, ResultOf } from '../protocol.js'
import { isQemuOf } from '../qemu/process.js'
import { removeNetwork, strangeInNetwork } from '../network/remove-network.js'
import { QmpSession } from '../qemu/qmp.js'
import { entriesOf, removeEmptyFolders, removeFiles } from './remove-files.js'

/**
 * Ends and removes everything of the machine, by default with `removeMachine`. Anything already gone is a
 * success.
 */
export async function destroyMachine(
  key: MachineKey,
  control: Control,
  remove: typeof removeOnce = removeMachine,
): Promise<ResultOf['destroy']> {
  const files = machineFiles(key.id, key.directory)
  if (await isGone(key, files)) return { removed: await remove(key.id, files) }
  return guarded(key, files, control, async () => {
    control.report('remove', key.id)
    return { removed: await remove(key.id, files) }
  })
}

/**
 * A QEMU that a killed driver was just starting may appear after the first look, and write into the
 * directory.
 */
const ROUNDS = 3

/**
 * Ends the machine's watchdog and QEMU, and removes its files by name, its folder, and then the empty folders
 * above it up to the folder `machines`. Anything that the driver did not make stays, with the folder. Returns
 * what it removed; throws `machine-left` if anything still exists, or `machine-folder-foreign`.
 */
export async function removeMachine(id: string, files: MachineFiles): Promise<string[]> {
  const removed = new Set<string>()
  let left: readonly string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    for (const path of await removeOnce(id, files)) removed.add(path)
    left = await findLeft(id, files)
    if (left.length === 0) return [...removed]
  }
  throw new DriverError({ code: 'machine-left', id, left })
}

/** One round of `removeMachine`; the caller then checks what is left. */
export async function removeOnce(id: string, files: MachineFiles): Promise<string[]> {
  const processes = await findOwnProcesses(id, files)
  // Discards everything that a QEMU still has to write.
  await killProcesses(processes)
  await assertOwnFolder(id, files)
  if (await isAnswering(files)) return []
  const removed = await removeFiles(files)
  removed.push(...(await removeNetwork(files)))
  return [...removed, ...(await removeEmptyFolders(files.directory, files.machines))]
}

/**
 * True if `removeMachine` would find nothing and no running or killed driver has left its guard. Only looks.
 */
export async function isTraceless(id: string, files: MachineFiles): Promise<boolean> {
  const above = dirname(files.directory)
  const places = above === files.machines ? [files.guard] : [files.guard, above]
  for (const place of places) if (await exists(place)) return false
  return (await findLeft(id, files)).length === 0
}

const exists = async (path: string): Promise<boolean> => (await unlessAbsent(path, lstat(path))) !== undefined

/**
 * A QEMU that no process here shows may still run: another process namespace, such as a container, shares the
 * folder.
 */
const isAnswering = async (files: MachineFiles): Promise<boolean> =>
  (await exists(files.socket)) &&
  (await QmpSession.with(files.directory, (session) => session.execute('query-status'))) !== undefined

const findOwnProcesses = (id: string, files: MachineFiles): Promise<FoundProcess[]> =>
  findProcesses(
    (words) => isQemuOf(id, files, words) || isWatchdogOf(id, files, words),
    ...[files.pid, files.watchdogPid],
  )

async function findLeft(id: string, files: MachineFiles): Promise<string[]> {
  const found = await findOwnProcesses(id, files)
  const processes = found.map(({ identity }) => `process ${identity.pid}`)
  if (found.length === 0 && (await isAnswering(files)))
    processes.push(`a QEMU of another container, which answers at ${files.socket}`)
  if (!(await exists(files.directory))) return [...processes, ...(await strangeInNetwork(files))]
  const known = new Set([...knownFiles(files), files.meta])
  const strange = (await entriesOf(files.directory))
    .map(({ path }) => path)
    .filter((path) => !known.has(path))
  return [...processes, ...(strange.length === 0 ? [files.directory] : strange)]
}
