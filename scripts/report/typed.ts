import { quoteForShell } from '../machine/shell.js'
import { printable } from './printable.js'

/** A part of a command line that is not a value, and stays unquoted. */
interface AsIs {
  readonly asIs: string
}

export const asIs = (text: string): AsIs => ({ asIs: text })

type Part = string | number | AsIs

/**
 * A command line to show, with its values quoted: pasted into a shell, it passes exactly these words,
 * whatever they contain. A value that begins with a dash cannot be read as a flag: it is joined to the flag
 * before it, or follows a `--`.
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
 * One word for the reader's shell. Unlike the result of `quoteForShell` it is printed, so control characters
 * are written in the `$'…'` form of POSIX.1-2024, which bash, zsh and others read.
 */
export const typedWord = (word: string): string =>
  isShown(word) ? quoteForShell(word) : `$'${word.replace(TO_ESCAPE, octal)}'`

const isShown = (word: string): boolean => !/[\n\t]/.test(word) && printable(word) === word

/**
 * Also quotes and backslashes, so that a shell without `$'…'` still reads one word, though a different one.
 */
const TO_ESCAPE = /['\\]|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const octal = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
