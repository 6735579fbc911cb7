import stringWidth from 'string-width'
import { printableLine } from './printable.js'

const BETWEEN = '  '

/**
 * Columns aligned with spaces, headings in capitals, no lines: readable for people and for awk, because each
 * row is one line.
 */
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

/** Width in terminal columns. Nearly all text is plain, and the library is slow for that. */
const widthOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : stringWidth(text))
