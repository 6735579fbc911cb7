/**
 * Characters that must not reach a terminal, or that hide in a log: control characters except newline and
 * tab, and characters that turn, join or hide text (bidirectional controls, zero-width characters, Unicode
 * line separators, halves of a surrogate pair).
 */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')

/** The same text with unprintable characters escaped as `\u001b`. JSON stays JSON with the same values. */
export const printable = (text: string): string => text.replaceAll('\r\n', '\n').replace(UNPRINTABLE, escaped)

/** Always one line. */
export const printableLine = (text: string): string =>
  printable(text).replaceAll('\n', '\\n').replaceAll('\t', ' ')

/**
 * A message of several lines, which may quote anything: only its first line starts where our own lines start.
 */
export const withinMargin = (message: string): string => message.replaceAll(/\n(?=\S)/g, '\n  ')

/** Puts each text in a value on one line, for messages around them: no value starts a line of its own. */
export function inOneLineEach<T>(value: T): T {
  if (typeof value === 'string') return printableLine(value) as T
  if (Array.isArray(value)) return value.map((each: unknown) => inOneLineEach(each)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, each]) => [name, inOneLineEach<unknown>(each)])
  return Object.fromEntries(entries) as T
}
