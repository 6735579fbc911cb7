import { printableLine } from './printable.js'

/** Of one value, in characters: a backend may hold longer ones. */
const LONGEST = 200

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)

/** Text for the inside of HTML, in which Markdown finds nothing to mark, link or mention. */
export const inHtml = (value: string): string =>
  shortened(printableLine(value)).replaceAll(
    /[^A-Za-z0-9 .,_/+=-]/gu,
    (character) => `&#${character.codePointAt(0)};`,
  )

/**
 * A value from outside as a code span, also within a table. A span ends at a backtick, and a cell at a bar, so values with
 * those are HTML.
 */
export function code(value: string): string {
  const line = shortened(printableLine(value)).trim()
  return /^[^`|\\]+$/.test(line) ? `\`${line}\`` : `<code>${inHtml(line)}</code>`
}
