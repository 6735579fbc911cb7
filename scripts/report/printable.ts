/**
 * What must not reach a terminal, or hides in a log: control characters but for newline and tab, and what turns, joins or
 * hides text (bidirectional controls, zero-width characters, line separators of Unicode, halves of a surrogate pair).
 */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')

/** The same text with whatever is not to be printed written out as `\u001b`. JSON stays JSON with the same values. */
export const printable = (text: string): string => text.replaceAll('\r\n', '\n').replace(UNPRINTABLE, escaped)

/** In one line, whatever it was made of. */
export const printableLine = (text: string): string =>
  printable(text).replaceAll('\n', '\\n').replaceAll('\t', ' ')

/** A message of several lines, which may quote anything: only its first begins where our own words begin. */
export const withinMargin = (message: string): string => message.replaceAll(/\n(?=\S)/g, '\n  ')

/** Each text in a value in one line, for words around them that are ours: no value begins a line of its own. */
export function inOneLineEach<T>(value: T): T {
  if (typeof value === 'string') return printableLine(value) as T
  if (Array.isArray(value)) return value.map((each: unknown) => inOneLineEach(each)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, each]) => [name, inOneLineEach<unknown>(each)])
  return Object.fromEntries(entries) as T
}
