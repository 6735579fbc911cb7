import { existsSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'

/** How the stand-in machines behave from now on; every one of them reads this file again at each use. */
export interface Knobs {
  /** QEMU itself does not return while this is true: the step `apply` lasts. */
  readonly holdStart?: boolean
  /** QEMU writes this to stderr and exits with 1. */
  readonly failStart?: string
  /** The forwarded port takes connections and says nothing, as it does while a guest boots. */
  readonly silent?: boolean
  /** What QEMU says of its guest instead of `running`, until it is told to go on while `isFull` is not set. */
  readonly runState?: string
  /** A guest that goes on stands still again at once, as on a full disk. */
  readonly isFull?: boolean
  /** QEMU refuses to let its guest go on. */
  readonly refusesCont?: boolean
  /** The guest's kernel panics when it starts, until its console says so this often. */
  readonly panics?: number
  /** SSH answers and takes no key. */
  readonly refuseKeys?: boolean
  /** SSH works, without its subsystem for files. */
  readonly refuseSftp?: boolean
}

export const KNOBS_VARIABLE = 'STAND_IN_KNOBS'

export function readKnobs(file: string | undefined): Knobs {
  if (file === undefined || !existsSync(file)) return {}
  return JSON.parse(readFileSync(file, 'utf8')) as Knobs
}

export async function writeKnobs(file: string, knobs: Knobs): Promise<void> {
  await writeFile(`${file}.draft`, JSON.stringify(knobs))
  await rename(`${file}.draft`, file)
}
