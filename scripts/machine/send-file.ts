import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { posix } from 'node:path'
import type { SFTPWrapper, Stats } from 'ssh2'
import { copyContent, type Content, type EmptyFile } from './copy-content.js'
import { ask } from './files.js'
import { orAborted } from './or-aborted.js'

export interface Sending {
  readonly onBytes: (count: number) => void
  /**
   * Aborts once no answer is waited for any more: a request on a channel that has ended is never answered, and whoever
   * waited for it would keep a file open.
   */
  readonly over: AbortSignal
}

/** Sends the content of one file to an existing, empty one. */
export async function sendFile(
  sftp: SFTPWrapper,
  { onBytes, over }: Sending,
  local: string,
  remote: string,
): Promise<void> {
  const file = await open(local, 'r')
  try {
    const { size } = await file.stat()
    const send = (handle: Buffer): Promise<void> =>
      copyContent(localContent(local, file), remoteFile(sftp, remote, handle), size, onBytes)
    await orAborted(withRemote(sftp, remote, 'r+', send), over)
  } finally {
    await file.close()
  }
}

export async function receiveFile(
  sftp: SFTPWrapper,
  { onBytes, over }: Sending,
  remote: string,
  local: string,
): Promise<void> {
  const file = await open(local, 'r+')
  try {
    const receive = async (handle: Buffer): Promise<void> => {
      const { size } = await ask<Stats>(remote, (done) => sftp.fstat(handle, done))
      await copyContent(remoteContent(sftp, remote, handle), localFile(local, file), size, onBytes)
    }
    await orAborted(withRemote(sftp, remote, 'r', receive), over)
  } finally {
    await file.close()
  }
}

async function withRemote(
  sftp: SFTPWrapper,
  path: string,
  flags: 'r' | 'r+',
  action: (handle: Buffer) => Promise<void>,
): Promise<void> {
  const handle = await ask<Buffer>(path, (done) => sftp.open(path, flags, done))
  try {
    await action(handle)
  } catch (error) {
    // Not awaited: on a lost connection no answer comes.
    sftp.close(handle, () => undefined)
    throw error
  }
  await ask<void>(path, (done) => sftp.close(handle, done))
}

const localContent = (path: string, file: FileHandle): Content => ({
  read: (position, length) =>
    naming(path, async () => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
      return buffer.subarray(0, bytesRead)
    }),
})

const localFile = (path: string, file: FileHandle): EmptyFile => ({
  write: (block, position) => naming(path, () => writeWhole(file, block, position)),
  setSize: (bytes) => naming(path, () => file.truncate(bytes)),
})

/** A disk with little room left accepts a part, and refuses the rest. */
async function writeWhole(file: FileHandle, block: Buffer, position: number): Promise<void> {
  for (let done = 0; done < block.length;)
    done += (await file.write(block, done, block.length - done, position + done)).bytesWritten
}

async function naming<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

/** A server may return less than requested at any place. */
const remoteContent = (sftp: SFTPWrapper, path: string, handle: Buffer): Content => ({
  async read(position, length) {
    const parts: Buffer[] = []
    for (let done = 0; done < length;) {
      const part = await readPart(sftp, path, handle, position + done, length - done)
      if (part.length === 0) break
      parts.push(part)
      done += part.length
    }
    return Buffer.concat(parts)
  },
})

/** Status codes of SFTP (draft-ietf-secsh-filexfer-02 §7). */
const END_OF_FILE = 1
const FAILURE = 4

const readPart = (
  sftp: SFTPWrapper,
  path: string,
  handle: Buffer,
  position: number,
  length: number,
): Promise<Buffer> =>
  ask(path, (done) => {
    const part = Buffer.alloc(length)
    sftp.read(handle, part, 0, length, position, (error, count) => {
      const isEnd = (error as { code?: unknown } | undefined)?.code === END_OF_FILE
      done(isEnd ? undefined : error, part.subarray(0, isEnd ? 0 : count))
    })
  })

const remoteFile = (sftp: SFTPWrapper, path: string, handle: Buffer): EmptyFile => ({
  write: (block, position) =>
    ask<void>(path, (done) => sftp.write(handle, block, 0, block.length, position, done as () => void)).catch(
      (error: unknown) => assertRoom(sftp, path, block.length, error),
    ),
  setSize: (size) => ask(path, (done) => sftp.fsetstat(handle, { size }, done)),
})

/** As in statvfs(3): blocks that are free for users other than root, and their size. */
interface Room {
  readonly f_bavail: number
  readonly f_frsize: number
}

/** SFTP reports a full disk as a general failure; the machine must be asked whether it is one. */
async function assertRoom(sftp: SFTPWrapper, path: string, wanted: number, error: unknown): Promise<never> {
  const { code } = (error as { cause?: { code?: unknown } }).cause ?? {}
  if (code === FAILURE && (await roomAt(sftp, posix.dirname(path))) < wanted)
    throw new Error(`the disk of the machine is full at ${posix.dirname(path)}`, { cause: error })
  throw error
}

/** In bytes; infinite if the server cannot tell. */
async function roomAt(sftp: SFTPWrapper, folder: string): Promise<number> {
  try {
    const room = await ask<Room>(folder, (done) =>
      // ssh2's types give it the answer of another request.
      (sftp.ext_openssh_statvfs as (path: string, callback: typeof done) => void)(folder, done),
    )
    return room.f_bavail * room.f_frsize
  } catch {
    // An old server throws immediately, and a broken one answers with an error: report the first failure.
    return Infinity
  }
}
