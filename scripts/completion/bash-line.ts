import { quoteForShell } from '../machine/shell.js'

export interface BashLine {
  /** The whole words before the unfinished one, as the shell would pass them on. */
  readonly before: readonly string[]
  readonly current: string
  /** The unfinished word is inside quotes. */
  readonly isQuoted: boolean
}

/**
 * Splits a command line up to the cursor into words. bash's own COMP_WORDS are also split at `=` and `:`,
 * which flags and backend URLs contain. Nothing is expanded.
 */
export function splitBashLine(text: string): BashLine {
  const words: string[] = []
  let current: string | undefined
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (quote === "'" ? character === quote : quote !== '' && character === quote) quote = ''
    else if (quote === "'") current = `${current ?? ''}${character}`
    else if (character === '\\') current = `${current ?? ''}${text.charAt(++at)}`
    else if (quote !== '') current = `${current ?? ''}${character}`
    else if (character === "'" || character === '"') {
      quote = character
      current ??= ''
    } else if (/\s/.test(character)) {
      if (current !== undefined) words.push(current)
      current = undefined
    } else current = `${current ?? ''}${character}`
  }
  return { before: words, current: current ?? '', isQuoted: quote !== '' }
}

/**
 * The text that bash puts in place of `replaced`, the end of the unfinished word that it sees as a word of
 * its own: for `--wait=no` that is `no`.
 */
export function bashReplacement(name: string, { current, isQuoted }: BashLine, replaced: string): string {
  const kept = current.endsWith(replaced) ? current.slice(0, current.length - replaced.length) : ''
  const rest = name.startsWith(kept) ? name.slice(kept.length) : name
  return isQuoted ? rest : quoteForShell(rest)
}
