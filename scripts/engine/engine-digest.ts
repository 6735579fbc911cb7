import { createHash } from 'node:crypto'
import { constants, type BigIntStats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { readIfPlain } from '../../backend/plain-file.js'
import type { Environment } from '../env.js'
import { LabError } from '../errors.js'
import { ensureFolder, engineFolder, putFile, verifiedEngineFile } from '../workspace.js'

const CHUNK = 1 << 20
/** A file system stamps changes no finer than this, so a younger file could change again under the same stamp. */
const SETTLED_NS = 2_000_000_000n

/** What an engine must be, and what that is called. */
export interface ExpectedEngine {
  readonly sha256: string
  /** Such as `the published binary`. */
  readonly called: string
}

/**
 * Why a binary must not be run; undefined if it is the expected one. Reading 79 MB at every command would be slow, so a
 * file that was found good is known again by its place, inode, size and times. Its ctime is one of them, which whoever
 * changes a file cannot set.
 */
export async function distrustOf(
  path: string,
  env: Environment,
  { sha256, called }: ExpectedEngine,
): Promise<string | undefined> {
  let file: FileHandle
  try {
    // A pipe in its place is not waited for.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code})`
  }
  try {
    const stat = await file.stat({ bigint: true })
    if (!stat.isFile()) return 'is not a file and was not run'
    const mark = verifiedEngineFile(env, path)
    if ((await readIfPlain(mark)) === stampOf(sha256, stat)) return undefined
    const digest = await digestOf(file)
    if (digest !== sha256) return `is not ${called} and was not run: its SHA-256 is ${digest}, not ${sha256}`
    if (BigInt(Date.now()) * 1_000_000n - stat.ctimeNs > SETTLED_NS)
      await remember(mark, stampOf(sha256, stat), env)
    return undefined
  } finally {
    await file.close()
  }
}

const stampOf = (sha256: string, { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [sha256, dev, ino, size, mtimeNs, ctimeNs].join(' ')

/** The SHA-256 of all of an open file. */
export async function digestOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256')
  const stream = file.createReadStream({ autoClose: false, highWaterMark: CHUNK, start: 0 })
  for await (const chunk of stream) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Where the cache can't be written, the next command reads the binary again. */
async function remember(mark: string, stamp: string, env: Environment): Promise<void> {
  try {
    await ensureFolder(engineFolder(env))
    await putFile(mark, stamp)
  } catch (error) {
    if (!(error instanceof LabError && error.fault.code === 'folder-unwritable')) throw error
  }
}
