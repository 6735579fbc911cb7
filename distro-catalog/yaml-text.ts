import { parseDocument } from 'yaml'

/** `value` is undefined if there are errors. Warnings, such as an unknown tag, do not count as errors. */
export interface YamlText {
  readonly value: unknown
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** Anchors and aliases work; endless text is an error like any other. */
export function parseYamlText(text: string): YamlText {
  if (isTooDeep(text)) return failed('too many levels')
  try {
    const document = parseDocument(text, { prettyErrors: true })
    const [errors, warnings] = [document.errors, document.warnings].map((troubles) =>
      troubles.map(({ message }) => firstLine(message)),
    ) as [string[], string[]]
    return { value: errors.length > 0 ? undefined : (document.toJS() as unknown), errors, warnings }
  } catch (error) {
    // Aliases that multiply.
    if (error instanceof ReferenceError) return failed(error.message)
    throw error
  }
}

const firstLine = (message: string): string => message.split('\n', 1)[0]?.replace(/:$/, '') ?? message

const failed = (error: string): YamlText => ({ value: undefined, errors: [error], warnings: [] })

const MOST_LEVELS = 100
/** The characters before a line's first word: each level takes two of them. */
const DEEP_LINE = new RegExp(`^[ \\t?:-]{${2 * MOST_LEVELS}}`, 'm')

/** The parser's time grows with the square of the levels, and some inputs crash the whole process. */
function isTooDeep(text: string): boolean {
  if (DEEP_LINE.test(text)) return true
  let level = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    level = bracket === '[' || bracket === '{' ? level + 1 : Math.max(0, level - 1)
    if (level > MOST_LEVELS) return true
  }
  return false
}
