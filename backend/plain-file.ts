import { constants, type Stats } from 'node:fs'
import { lstat, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { BackendError, type FileFault } from './errors.js'
import { isErrno } from './system-error.js'

/** Far beyond any record, lease, event or state of a lab; what is larger would only fill the memory. In bytes. */
export const largestFile = 16 * 1024 * 1024

/**
 * The text of a file; undefined where there is none. Others may be able to write the folder, so the file itself must not be a
 * link, and a pipe or device is not waited for. Throws BackendError `file-refused`, or what the system says.
 */
export async function readPlainFile(path: string): Promise<string | undefined> {
  let file: FileHandle
  try {
    // Without O_NONBLOCK, to open a pipe would wait for whoever writes it.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    // ELOOP: a link. ENXIO: a socket, or a device without a driver.
    if (isErrno(error, 'ELOOP') || isErrno(error, 'ENXIO')) await assertPlainFile(path)
    throw error
  }
  try {
    const found = await file.stat()
    assertReadable(path, found)
    return await readAtMost(file, path, found.size)
  } finally {
    await file.close()
  }
}

/** Throws BackendError `file-refused` for what is too large to be ours. `bytes`: as far as it is known. */
export function assertSize(place: string, bytes: number): void {
  if (bytes > largestFile) throw refused(place, 'oversized')
}

/** Throws BackendError `file-refused` unless it is a plain file; false where there is nothing. */
export async function assertPlainFile(path: string): Promise<boolean> {
  const found = await lookAt(path)
  if (found === undefined) return false
  assertReadable(path, found)
  return true
}

/** Throws BackendError `file-refused` where one of the folders of `path` below `root` is a link or no folder. */
export async function assertPlainFolders(root: string, path: string): Promise<void> {
  let place = root
  for (const segment of path.split('/').filter((part) => part !== '' && part !== '.')) {
    place = join(place, segment)
    const found = await lookAt(place)
    if (found === undefined) return
    if (found.isSymbolicLink()) throw refused(place, 'link')
    // The system's own word for it is good enough: whoever goes on gets ENOTDIR.
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

function assertReadable(path: string, found: Stats): void {
  if (found.isSymbolicLink()) throw refused(path, 'link')
  if (!found.isFile()) throw refused(path, found.isDirectory() ? 'folder' : 'special')
  assertSize(path, found.size)
}

/** It may grow while it is read, beyond the `size` it had. */
async function readAtMost(file: FileHandle, path: string, size: number): Promise<string> {
  const chunks: Buffer[] = []
  let total = 0
  do {
    const room = Buffer.allocUnsafe(Math.max(size + 1 - total, CHUNK))
    const { bytesRead } = await file.read(room)
    if (bytesRead === 0) break
    chunks.push(room.subarray(0, bytesRead))
    total += bytesRead
    assertSize(path, total)
  } while (total !== size)
  return Buffer.concat(chunks).toString('utf8')
}

const CHUNK = 4096

const refused = (place: string, found: FileFault['found']): BackendError =>
  new BackendError({ code: 'file-refused', place, found })
