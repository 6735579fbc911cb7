import { stripVTControlCharacters } from 'node:util'
import { escapeInvisible, forms } from './forms.js'

/** What somebody else said, as a record keeps it: the form `text`. */
export const cleanText = (text: string): string =>
  shortened(
    stripVTControlCharacters(text)
      .replaceAll(/\r\n?/g, '\n')
      .replaceAll('\t', '  ')
      .split('\n')
      .map(escapeInvisible)
      .join('\n'),
    forms.text.maxLength,
  )

/** The same on one line: the form `line` unless it is empty. */
export const cleanLine = (text: string): string =>
  shortened(
    cleanText(text)
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim(),
    forms.line.maxLength,
  )

function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  // Not in the middle of a character of two halves.
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
