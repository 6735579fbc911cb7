import { stripVTControlCharacters } from 'node:util'
import { escapeInvisible, forms } from './forms.js'

/** Someone else's text in the form `text`, as a record keeps it. */
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

/** The same on one line, in the form `line`; empty text stays empty. */
export const cleanLine = (text: string): string =>
  shortened(
    cleanText(text)
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim(),
    forms.line.maxLength,
  )

function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  // Never cut between two halves of a character.
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
