import { dirname, join } from 'node:path'
import { draftOf } from '../machine/folder.js'

/** Every file name of a lab's private network, declared once. */

export interface NetworkFiles {
  /** The lab's folder, with one folder for each machine; private to the user. */
  readonly lab: string
  readonly directory: string
  readonly control: string
  /** The pairs of machines that are separated; absent if none is. */
  readonly breaks: string
  readonly pid: string
  readonly log: string
}

/** A machine's name starts with a letter, so no machine has this folder. */
export const NETWORK_FOLDER = '.net'
export const CONTROL_NAME = 'ctl.sock'

/** The network of the lab to which the machine in `machineDirectory` belongs. */
export const networkFiles = (machineDirectory: string): NetworkFiles =>
  networkFilesIn(dirname(machineDirectory))

export function networkFilesIn(lab: string): NetworkFiles {
  const directory = join(lab, NETWORK_FOLDER)
  return {
    lab,
    directory,
    control: join(directory, CONTROL_NAME),
    breaks: join(directory, 'breaks.json'),
    pid: join(directory, 'switch.pid'),
    log: join(directory, 'switch.log'),
  }
}

/** A switch listens under this name before it takes over the name of the other. */
export const ownControlName = (pid: number): string => `ctl-${pid}.sock`

export const isNetworkFile = (name: string): boolean => KNOWN.has(name) || /^ctl-\d{1,10}\.sock$/.test(name)

const NAMES = [CONTROL_NAME, 'breaks.json', 'switch.pid', 'switch.log']
const KNOWN: ReadonlySet<string> = new Set([...NAMES, draftOf('breaks.json')])
