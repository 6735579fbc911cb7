import { createHash } from 'node:crypto'
import { appendFile, type FileHandle } from 'node:fs/promises'
import { readIfPlain } from '../../../backend/plain-file.js'
import { putFile } from '../../workspace.js'

/** The size of a snapshot's blocks in bytes; an interruption can lose each block that is being sent. */
export const BLOCK = 512 * 1024

export interface Block {
  /** From the disk's beginning, in blocks. */
  readonly index: number
  readonly digest: Buffer
}

export const sha256 = (content: Buffer): Buffer => createHash('sha256').update(content).digest()

/** How many blocks are read at once: a disk is mostly zeros, which cost only the reading. */
const BLOCKS_READ = 32

/** The blocks of a disk that are not all zeros. `bytes`: whole GiB. */
export async function blocksOf(file: FileHandle, bytes: number, signal: AbortSignal): Promise<Block[]> {
  const blocks: Block[] = []
  const zeros = Buffer.alloc(BLOCK)
  const buffer = Buffer.alloc(BLOCKS_READ * BLOCK)
  for (let at = 0; at < bytes; at += buffer.length) {
    signal.throwIfAborted()
    await file.read(buffer, 0, buffer.length, at)
    for (let from = 0; from < buffer.length; from += BLOCK) {
      const content = buffer.subarray(from, from + BLOCK)
      if (!content.equals(zeros)) blocks.push({ index: (at + from) / BLOCK, digest: sha256(content) })
    }
  }
  return blocks
}

const SEALED = 'sealed'

/**
 * The progress of a snapshot, in a file: its id, then each block that has arrived, one line each. AWS lists
 * the blocks only of a completed one (https://docs.aws.amazon.com/ebs/latest/userguide/ebsapi-faq.html).
 */
export class SnapshotMemory {
  private constructor(
    private readonly file: string,
    readonly snapshot: string,
    readonly arrived: ReadonlySet<number>,
    /** AWS was told that all blocks are there. */
    readonly isSealed: boolean,
  ) {}

  static async begin(file: string, snapshot: string): Promise<SnapshotMemory> {
    await putFile(file, `${snapshot}\n`)
    return new SnapshotMemory(file, snapshot, new Set(), false)
  }

  /** Undefined if nothing is remembered. */
  static async read(file: string): Promise<SnapshotMemory | undefined> {
    const text = (await readIfPlain(file)) ?? ''
    // Text after the last line break is an incomplete line.
    const [snapshot, ...lines] = text.split('\n').slice(0, -1)
    if (snapshot === undefined) return undefined
    await putFile(file, [snapshot, ...lines, ''].join('\n'))
    const arrived = lines.filter((line) => line !== SEALED).map(Number)
    return new SnapshotMemory(file, snapshot, new Set(arrived), lines.includes(SEALED))
  }

  addArrived = (index: number): Promise<void> => appendFile(this.file, `${index}\n`)

  addSealed = (): Promise<void> => appendFile(this.file, `${SEALED}\n`)
}
