import { printable } from './printable.js'

/**
 * The one door for words of ours to a terminal, a pipe or a log that is shown: nothing that came from a record, a guest, a
 * console or a cloud moves the cursor or colours the screen. The output of a command that the user ran on a machine does
 * not come this way: its bytes are the user's own.
 */
export function writeText(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${printable(text)}\n`)
}
