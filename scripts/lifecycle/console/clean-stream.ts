import { stripVTControlCharacters } from 'node:util'
import { printable } from '../../report/printable.js'

/** Longer ones are no sequences that a terminal knows. */
const LONGEST_SEQUENCE = 256

/** The beginning of an escape sequence, or of the end of a line, that the next chunk may continue. */
const UNFINISHED = /(?:\u001b(?:\[[0-?]*[ -/]*|[\]P][^\u0007\u001b\n]*\u001b?|[()])?|\r+)$/

/**
 * Cleans what a guest writes, piece by piece: no control character but newline and tab reaches a terminal, and
 * sequences that only move or colour are left out, also where two chunks divide them.
 */
export function streamCleaner(): (chunk: Buffer) => string {
  const decoder = new TextDecoder()
  let held = ''
  return (chunk) => {
    const text = held + decoder.decode(chunk, { stream: true })
    const unfinished = UNFINISHED.exec(text)?.[0] ?? ''
    held = unfinished.length > LONGEST_SEQUENCE ? '' : unfinished
    return cleaned(text.slice(0, text.length - held.length))
  }
}

const cleaned = (text: string): string =>
  printable(
    stripVTControlCharacters(text)
      .replaceAll(/\r+\n?/g, '\n')
      // A bell, and how a guest's line editor goes back.
      .replaceAll(/[\u0007\b]/g, ''),
  )
