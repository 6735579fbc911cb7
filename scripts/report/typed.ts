import { quoteForShell } from '../machine/shell.js'
import { printable } from './printable.js'

/** A part of a command line that is one already, and not a value. */
interface AsIs {
  readonly asIs: string
}

export const asIs = (text: string): AsIs => ({ asIs: text })

type Part = string | number | AsIs

/**
 * A command line to show, whose values are quoted: whoever pastes it gives the program these very words, whatever is in
 * them. A value that begins with a dash is no flag of ours: it is joined to the flag before it, or follows a `--`.
 */
export function typed(texts: TemplateStringsArray, ...parts: readonly Part[]): string {
  return parts.reduce<string>(
    (line, part, at) => appended(line, part) + (texts[at + 1] ?? ''),
    texts[0] ?? '',
  )
}

function appended(line: string, part: Part): string {
  if (typeof part === 'object') return line + part.asIs
  const word = String(part)
  const isWord = line === '' || line.endsWith(' ')
  if (!isWord || !word.startsWith('-')) return line + typedWord(word)
  const isValue = /(^| )--[a-z][a-z-]* $/.test(line)
  return isValue ? `${line.slice(0, -1)}=${typedWord(word)}` : `${line}-- ${typedWord(word)}`
}

/**
 * One word for the shell of whoever reads it. Unlike `quoteForShell` it is printed, so control characters are written as
 * POSIX.1-2024's `$'…'` has them, which bash, zsh and others read.
 */
export const typedWord = (word: string): string =>
  isShown(word) ? quoteForShell(word) : `$'${word.replace(TO_ESCAPE, octal)}'`

const isShown = (word: string): boolean => !/[\n\t]/.test(word) && printable(word) === word

/** Quotes and backslashes too, so that a shell without `$'…'` reads one word as well, if another. */
const TO_ESCAPE = /['\\]|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const octal = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
