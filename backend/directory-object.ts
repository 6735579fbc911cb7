import { createHash, randomBytes } from 'node:crypto'
import type { StoredObject } from './store.js'

const markLength = 64
const markPattern = new RegExp(`\\n([ \\t]{${markLength}})\\n$`)

/**
 * The text of an object's file: the body, then a random number of this very write, as a line of blanks.
 *
 * The number makes versions differ when the same body is written again: inode and modification time do not
 * (measured on ext4: a new file gets the freed inode and, within 4 ms, the same time). Written as blanks,
 * it leaves a JSON file valid JSON for every other reader, and needs no second file that could disagree.
 */
export function encodeObject(body: string): string {
  const bits = BigInt(`0x${randomBytes(markLength / 8).toString('hex')}`)
    .toString(2)
    .padStart(markLength, '0')
  return `${body}\n${bits.replaceAll('0', ' ').replaceAll('1', '\t')}\n`
}

/** Also reads files without the mark, as an editor may leave them: their version is the content alone. */
export function decodeObject(text: string): StoredObject {
  const mark = markPattern.exec(text)
  const version = createHash('sha256').update(text).digest('hex').slice(0, 32)
  return { body: mark === null ? text : text.slice(0, mark.index), version }
}
