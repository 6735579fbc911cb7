import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { lstat, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { BackendError, type FileFault } from './errors.js'
import { isErrno, systemErrorOf } from './system-error.js'

/** Far larger than any record, lease, event or state; a larger file would only fill the memory. In bytes. */
export const largestFile = 16 * 1024 * 1024

/** What was found in place of a plain file, in words. */
export const foundInstead: Readonly<Record<FileFault['found'], string>> = {
  link: 'a symbolic link',
  folder: 'a folder',
  special: 'a pipe, socket or device',
  oversized: 'a file that is far too large',
  guard: 'a lock file that distrolab did not write',
  configuration: 'an OpenTofu configuration that distrolab did not write',
}

export interface Reading {
  /** For a place that belongs to the user. */
  readonly links?: 'followed'
  /** In bytes. */
  readonly most?: number
}

/** Without O_NONBLOCK, opening a pipe would wait for its writer. */
const flagsOf = ({ links }: Reading): number =>
  constants.O_RDONLY | constants.O_NONBLOCK | (links === 'followed' ? 0 : constants.O_NOFOLLOW)

/**
 * The text of a file; undefined if it does not exist. Others may be able to write the folder, so the file
 * must not be a link, and a pipe or device is not waited for. Throws BackendError `file-refused`, or the
 * system's error.
 */
export async function readPlainFile(path: string, reading: Reading = {}): Promise<string | undefined> {
  return (await readPlainBytes(path, reading))?.toString('utf8')
}

/** The same for a file that need not be text. */
export async function readPlainBytes(path: string, reading: Reading = {}): Promise<Buffer | undefined> {
  let file: FileHandle
  try {
    file = await open(path, flagsOf(reading))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    // ELOOP: a link. ENXIO: a socket, or a device without a driver.
    if (isErrno(error, 'ELOOP') || isErrno(error, 'ENXIO')) await assertPlainFile(path)
    throw error
  }
  try {
    const found = await file.stat()
    assertReadable(path, found, reading.most)
    return await readAtMost(file, path, found.size, reading.most)
  } finally {
    await file.close()
  }
}

/** The synchronous version, for the few places that cannot wait. */
export function readPlainFileSync(path: string, reading: Reading = {}): string | undefined {
  let file: number
  try {
    file = openSync(path, flagsOf(reading))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
  try {
    assertReadable(path, fstatSync(file), reading.most)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

/**
 * The text of a file that only saves time. A file that is missing, not plain or unreadable counts as absent.
 */
export async function readIfPlain(path: string): Promise<string | undefined> {
  try {
    return await readPlainFile(path, { links: 'followed' })
  } catch (error) {
    rethrowUnlessUnreadable(error)
    return undefined
  }
}

export function readIfPlainSync(path: string): string | undefined {
  try {
    return readPlainFileSync(path, { links: 'followed' })
  } catch (error) {
    rethrowUnlessUnreadable(error)
    return undefined
  }
}

function rethrowUnlessUnreadable(error: unknown): void {
  if (refusalIn(error) === undefined && systemErrorOf(error) === undefined) throw error
}

/** What was found instead of a plain file, in words that follow `is`; undefined for any other error. */
export function refusalIn(error: unknown): string | undefined {
  const isRefusal = error instanceof BackendError && error.fault.code === 'file-refused'
  return isRefusal ? foundInstead[error.fault.found] : undefined
}

/**
 * Throws BackendError `file-refused` for a file that is too large to be ours. `bytes`: its size, if known.
 */
export function assertSize(place: string, bytes: number, most = largestFile): void {
  if (bytes > most) throw refused(place, 'oversized')
}

/** Throws BackendError `file-refused` unless it is a plain file; false if there is nothing. */
export async function assertPlainFile(path: string): Promise<boolean> {
  const found = await lookAt(path)
  if (found === undefined) return false
  assertReadable(path, found)
  return true
}

/** Throws BackendError `file-refused` if a folder of `path` below `root` is a link or not a folder. */
export async function assertPlainFolders(root: string, path: string): Promise<void> {
  let place = root
  for (const segment of path.split('/').filter((part) => part !== '' && part !== '.')) {
    place = join(place, segment)
    const found = await lookAt(place)
    if (found === undefined) return
    if (found.isSymbolicLink()) throw refused(place, 'link')
    // The system's own error is good enough: the caller will get ENOTDIR.
    if (!found.isDirectory()) return
  }
}

async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

function assertReadable(path: string, found: Stats, most?: number): void {
  if (found.isSymbolicLink()) throw refused(path, 'link')
  if (!found.isFile()) throw refused(path, found.isDirectory() ? 'folder' : 'special')
  assertSize(path, found.size, most)
}

/** The file may grow beyond `size` while it is read. */
async function readAtMost(file: FileHandle, path: string, size: number, most?: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let total = 0
  do {
    const room = Buffer.allocUnsafe(Math.max(size + 1 - total, CHUNK))
    const { bytesRead } = await file.read(room)
    if (bytesRead === 0) break
    chunks.push(room.subarray(0, bytesRead))
    total += bytesRead
    assertSize(path, total, most)
  } while (total !== size)
  return Buffer.concat(chunks)
}

const CHUNK = 4096

const refused = (place: string, found: FileFault['found']): BackendError =>
  new BackendError({ code: 'file-refused', place, found })
