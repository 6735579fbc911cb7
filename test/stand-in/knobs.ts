import { existsSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'

/** How the stand-in machines behave from now on; each reads this file again at each use. */
export interface Knobs {
  /** QEMU does not return while this is true, so the step `apply` lasts. */
  readonly holdStart?: boolean
  /** QEMU writes this to stderr and exits with 1. */
  readonly failStart?: string
  /** The forwarded port accepts connections and sends nothing, as while a guest boots. */
  readonly silent?: boolean
  /** QEMU's word for its guest instead of `running`, until it is resumed while `isFull` is not set. */
  readonly runState?: string
  /** A resumed guest immediately stands still again, as on a full disk. */
  readonly isFull?: boolean
  /** QEMU refuses to resume its guest. */
  readonly refusesCont?: boolean
  /** The guest's kernel panics at each start, until its console says so this often. */
  readonly panics?: number
  /** SSH answers but accepts no key. */
  readonly refuseKeys?: boolean
  /** SSH works, but without its subsystem for files. */
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
