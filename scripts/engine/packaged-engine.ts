import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { open, readFile, realpath, type FileHandle } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Environment } from '../env.js'
import { LabError } from '../errors.js'
import { ensureFolder, engineFolder, putFile, verifiedEngineFile } from '../workspace.js'
import { packagedEngine } from './release.js'

const CHUNK = 1 << 20
/** A file system stamps changes no finer than this, so a younger file could change again under the same stamp. */
const SETTLED_NS = 2_000_000_000n

/** The `tofu` of the npm package; undefined where that is not installed, as on other systems than Linux on x64. */
export function locatePackaged(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packagedEngine.package}/package.json`)
    return join(dirname(manifest), 'tofu')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** Whether a program is the npm package's, under another name: npm links it into a folder that its scripts have on PATH. */
export async function isPackaged(program: string): Promise<boolean> {
  return basename(dirname(await realpath(program))) === packagedEngine.package
}

/**
 * Why the packaged binary must not be run; undefined if it is the pinned one. Reading 79 MB at every command would be
 * slow, so a file that was found good is known again by its place, inode, size and times. Its ctime is one of them,
 * which whoever changes a file cannot set.
 */
export async function distrustOf(path: string, env: Environment): Promise<string | undefined> {
  let file: FileHandle
  try {
    file = await open(path)
  } catch (error) {
    return `can't be read (${(error as NodeJS.ErrnoException).code})`
  }
  try {
    const stat = await file.stat({ bigint: true })
    const mark = verifiedEngineFile(env, path)
    if ((await readFile(mark, 'utf8').catch(() => undefined)) === stampOf(stat)) return undefined
    const digest = await digestOf(file)
    if (digest !== packagedEngine.sha256)
      return `is not the published binary and is not run: its SHA-256 is ${digest}, not ${packagedEngine.sha256}`
    if (BigInt(Date.now()) * 1_000_000n - stat.ctimeNs > SETTLED_NS) await remember(mark, stampOf(stat), env)
    return undefined
  } finally {
    await file.close()
  }
}

const stampOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [packagedEngine.sha256, dev, ino, size, mtimeNs, ctimeNs].join(' ')

async function digestOf(file: FileHandle): Promise<string> {
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
