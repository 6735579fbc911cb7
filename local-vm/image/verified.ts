import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { readIfPlain } from '../../backend/plain-file.js'
import { DriverError, errnoOf } from '../errors.js'
import type { ImageFiles } from '../files.js'
import { putFile } from '../machine/folder.js'
import type { Firmware } from '../protocol.js'
import { digestOf } from '../download/digest.js'

/** `<algorithm>:<hex>` of each file of an image, by the file's name. */
export type Digests = Readonly<Record<string, string>>

/** What a file looked like when its digest was computed. */
interface Stamp {
  readonly digest: string
  readonly size: number
  readonly mtimeMs: number
  readonly inode: number
}

type Stamps = Readonly<Record<string, Stamp>>

/** The files that a machine is made of. */
export const partsOf = (files: ImageFiles, firmware: Firmware): readonly string[] =>
  firmware === 'kernel' ? [files.disk, files.kernel, files.initrd] : [files.disk]

/**
 * Whether the files of a cached image are unchanged since it was stored. If a file looks different from the
 * last look, its digest is computed again: that takes seconds, and the cache's name of the image proves
 * nothing.
 */
export async function areAsStored(files: ImageFiles, firmware: Firmware, digests: Digests): Promise<boolean> {
  const known = await readStamps(files)
  const now: Record<string, Stamp> = {}
  for (const file of partsOf(files, firmware)) {
    const name = basename(file)
    const digest = digests[name]
    const seen = digest === undefined ? undefined : await lookAt(file, digest)
    if (seen === undefined) return false
    if (!isSame(known[name], seen) && !(await hasDigest(file, seen.digest))) return false
    now[name] = seen
  }
  if (JSON.stringify(known) !== JSON.stringify(now)) await writeStamps(files, now)
  return true
}

async function lookAt(file: string, digest: string): Promise<Stamp | undefined> {
  try {
    const found = await stat(file)
    // Computing the digest of a pipe would wait for its writer.
    if (!found.isFile()) return undefined
    const { size, mtimeMs, ino: inode } = found
    return { digest, size, mtimeMs, inode }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const isSame = (known: Stamp | undefined, seen: Stamp): boolean =>
  known !== undefined && JSON.stringify(known) === JSON.stringify(seen)

async function hasDigest(file: string, digest: string): Promise<boolean> {
  const [, algorithm, hex] = /^(sha256|sha512):([0-9a-f]+)$/.exec(digest) ?? []
  return algorithm !== undefined && (await digestOf(file, algorithm)) === hex
}

/** The digests of an image about to be stored; `known` are already computed. */
export async function digestsOf(files: ImageFiles, firmware: Firmware, known: Digests): Promise<Digests> {
  const digests: Record<string, string> = {}
  for (const file of partsOf(files, firmware)) {
    const name = basename(file)
    digests[name] = known[name] ?? `sha256:${await digestOf(file, 'sha256')}`
  }
  return digests
}

async function readStamps(files: ImageFiles): Promise<Stamps> {
  try {
    return JSON.parse((await readIfPlain(files.verified)) ?? '{}') as Stamps
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

/** A cache that cannot be written is still read the next time; its digests are then computed each time. */
async function writeStamps(files: ImageFiles, stamps: Stamps): Promise<void> {
  try {
    await putFile(files.verified, JSON.stringify(stamps))
  } catch (error) {
    if (!(error instanceof DriverError)) throw error
  }
}
