import stringWidth from 'string-width'
import { printableLine } from './printable.js'

const BETWEEN = '  '

/** Columns lined up with spaces, headings in capitals, no lines: fit for people and for awk: each row is one line. */
export function renderTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [
    headings.map((heading) => heading.toUpperCase()),
    ...rows.map((row) => row.map(printableLine)),
  ]
  const widths = headings.map((_, column) =>
    lines.reduce((widest, line) => Math.max(widest, widthOf(line[column] ?? '')), 0),
  )
  const padded = (text: string, column: number): string =>
    text + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)))
  return lines.map((line) => line.map(padded).join(BETWEEN).trimEnd()).join('\n')
}

/** In columns of a terminal. Nearly all text is plain, and for that the library is slow. */
const widthOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : stringWidth(text))
