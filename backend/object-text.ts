import { createHash, randomBytes } from 'node:crypto'
import type { StoredObject } from './store.js'

const markLength = 64
const markPattern = new RegExp(`\\n([ \\t]{${markLength}})\\n$`)

/**
 * The text that every store keeps for an object: the body, then a random number of this write, as a line of
 * blanks.
 *
 * The number makes versions differ if the same body is written again. In a folder, inode and modification
 * time do not (measured on ext4: a new file gets the freed inode and, within 4 ms, the same time); in S3 the
 * ETag does not, because it is the MD5 of the content. The number also shows whether the stored object is our
 * own write if its answer was lost. Because it is written as blanks, JSON stays JSON for every other reader,
 * and no second file or metadata can disagree with it.
 */
export function encodeObject(body: string): string {
  const bits = BigInt(`0x${randomBytes(markLength / 8).toString('hex')}`)
    .toString(2)
    .padStart(markLength, '0')
  return `${body}\n${bits.replaceAll('0', ' ').replaceAll('1', '\t')}\n`
}

/** Also reads texts without the mark, which an editor may leave. */
export function bodyOf(text: string): string {
  const mark = markPattern.exec(text)
  return mark === null ? text : text.slice(0, mark.index)
}

/** For a store without versions of its own: there the whole text is the version. */
export function decodeObject(text: string): StoredObject {
  const version = createHash('sha256').update(text).digest('hex').slice(0, 32)
  return { body: bodyOf(text), version }
}
