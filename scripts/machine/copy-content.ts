/** The block size that SFTP servers of all kinds read and write at once. */
const BLOCK = 32 * 1024
const AT_ONCE = 64
const ZEROS = Buffer.alloc(BLOCK)

export interface Content {
  /** Fewer bytes than `length` only at the end of the file. */
  read(position: number, length: number): Promise<Buffer>
}

export interface EmptyFile {
  write(block: Buffer, position: number): Promise<void>
  setSize(bytes: number): Promise<void>
}

/**
 * Copies the content of a file, many blocks at once. Skips blocks of zeros, so the copy of a sparse file is
 * sparse. `size`: the source's reported size; a file that reports 0, as in /proc, is read to its end.
 * `onBytes` also counts holes.
 */
export async function copyContent(
  from: Content,
  to: EmptyFile,
  size: number,
  onBytes: (count: number) => void,
): Promise<void> {
  const ends = { read: 0, written: 0 }
  const copyAt = async (at: number, length: number): Promise<number> => {
    const block = await from.read(at, length)
    if (!block.equals(ZEROS.subarray(0, block.length))) {
      await to.write(block, at)
      ends.written = Math.max(ends.written, at + block.length)
    }
    if (block.length > 0) ends.read = Math.max(ends.read, at + block.length)
    onBytes(block.length)
    return block.length
  }
  if (size === 0) for (let at = 0, got = BLOCK; got > 0; at += got) got = await copyAt(at, BLOCK)
  else await inBlocks(size, copyAt)
  if (ends.read > ends.written) await to.setSize(ends.read)
}

async function inBlocks(
  size: number,
  copyAt: (at: number, length: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next < size) {
      const at = next
      next += BLOCK
      try {
        await copyAt(at, Math.min(BLOCK, size - at))
      } catch (error) {
        // The others start nothing more.
        next = size
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}
