import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { errnoOf } from '../errors.js'
import { machineFiles } from '../files.js'

const LOOK_MS = 200
const MOST_BYTES = 64 * 1024
/** How much of what was written before is shown. */
const EARLIER_LINES = 40

interface Seen {
  readonly inode: number
  readonly offset: number
}

/**
 * What the guest writes to its serial console from its last lines on, until `over`; `absent` each time that there is
 * no console to read. QEMU appends to one file, so a reset or restart continues it; a machine that is made again has
 * a new file, which is read from its beginning.
 */
export async function* followConsole(
  directory: string,
  over: AbortSignal,
): AsyncGenerator<Buffer | 'absent', void> {
  const { console: path } = machineFiles('', directory)
  let seen: Seen | undefined
  while (!over.aborted) {
    const found = await readOn(path, seen)
    if (found === undefined) yield 'absent'
    else {
      seen = found.seen
      if (found.chunk.length > 0) yield found.chunk
      if (found.chunk.length === MOST_BYTES) continue
    }
    await sleep(LOOK_MS, undefined, { signal: over }).catch(unlessOver(over))
  }
}

/** Undefined if there is no such file. */
async function readOn(
  path: string,
  seen: Seen | undefined,
): Promise<{ readonly seen: Seen; readonly chunk: Buffer } | undefined> {
  try {
    // Never wait for a pipe in its place, nor follow a link.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    try {
      const { ino: inode, size, ...found } = await file.stat()
      if ((found.mode & constants.S_IFMT) !== constants.S_IFREG) return undefined
      const isSame = seen?.inode === inode && seen.offset <= size
      const first = Math.max(0, size - MOST_BYTES)
      const from = isSame ? seen.offset : seen === undefined ? first : 0
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, from)
      const read = buffer.subarray(0, bytesRead)
      const chunk = seen === undefined ? lastLines(read) : read
      return { seen: { inode, offset: from + bytesRead }, chunk }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

/** A last line without an end, such as a prompt, is one of them. */
function lastLines(chunk: Buffer): Buffer {
  let end = chunk.length
  for (let line = 0; line < EARLIER_LINES && end >= 0; line++)
    end = end === 0 ? -1 : chunk.lastIndexOf('\n', end - 1)
  return chunk.subarray(end + 1)
}

function unlessOver(over: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!over.aborted) throw error
  }
}
