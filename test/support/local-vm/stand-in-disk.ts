import { statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Where a stand-in keeps what a real machine has on its disks. It is not in the machine's folder, in which the driver
 * takes for a stranger's what it did not make; but like a disk it is another one when the machine is made again.
 */
export function standInDisk(root: string, machineFolder: string): string {
  const { ino, mtimeMs } = statSync(join(machineFolder, 'machine.json'))
  return join(root, 'disks', `${ino}-${Math.trunc(mtimeMs)}`)
}
