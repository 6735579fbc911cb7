import { printable } from './printable.js'

/**
 * The only way for our own text to a terminal, a pipe or a displayed log: nothing from a record, a guest, a
 * console or a cloud can move the cursor or colour the screen. The output of a command that the user ran on a
 * machine does not pass here: its bytes are the user's own.
 */
export function writeText(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${printable(text)}\n`)
}
