import { homedir } from 'node:os'
import { join } from 'node:path'
import { fits } from '../../backend/forms.js'
import { LabError } from '../errors.js'
import { NAMES_END } from '../workspace.js'
import { parseLine } from './words.js'

/** Old versions of ssh read these words as more patterns, so none has a character of a pattern or a quote. */
const COMMENT = '# distrolab: labs by name. Undo with: distrolab ssh-config --remove'

/**
 * What our line includes: all files of names in a folder. Undefined for a path that no version of ssh can be
 * given in a way that all of them understand.
 */
export function includePattern(folder: string): string | undefined {
  if (!fits('pathForSsh', folder) || folder.includes('%')) return undefined
  return join(folder.replaceAll(/[*?[\]]/g, '\\$&'), `*${NAMES_END}`)
}

/** Throws LabError ssh-names-path. */
export function includeLine(folder: string): string {
  const pattern = includePattern(folder)
  if (pattern === undefined) throw new LabError({ code: 'ssh-names-path', folder })
  return `Include "${pattern}" ${COMMENT}`
}

/** `pattern`: as in our line. People may write a path in their home with `~`. */
export const isIncludeOf = (word: string, pattern: string | undefined): boolean => withHome(word) === pattern

export const withHome = (word: string): string =>
  word.startsWith('~/') ? join(homedir(), word.slice(2)) : word

/**
 * The same bytes below our line, which ends as the first line of the file does; undefined if a line includes
 * the folder already.
 */
export function withLine(content: Buffer, folder: string): Buffer | undefined {
  const pattern = includePattern(folder)
  if (linesOf(content).some((line) => includesIn(line).some((word) => isIncludeOf(word, pattern))))
    return undefined
  const end = content.indexOf('\n')
  const isDos = end > 0 && content[end - 1] === CARRIAGE_RETURN
  return Buffer.concat([Buffer.from(`${includeLine(folder)}${isDos ? '\r\n' : '\n'}`), content])
}

/** The same bytes without the lines that include this folder and nothing else; undefined if there is none. */
export function withoutLine(content: Buffer, folder: string): Buffer | undefined {
  const pattern = includePattern(folder)
  const lines = linesOf(content)
  const kept = lines.filter((line) => {
    const [word = '', ...more] = includesIn(line)
    return more.length > 0 || !isIncludeOf(word, pattern)
  })
  return kept.length === lines.length ? undefined : Buffer.concat(kept)
}

/** What a line includes. */
function includesIn(line: Buffer): readonly string[] {
  const parsed = parseLine(line.toString('utf8').trimEnd())
  return parsed?.keyword === 'include' ? parsed.words : []
}

/** Each with its end. */
function linesOf(content: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < content.length;) {
    const end = content.indexOf('\n', start)
    const next = end < 0 ? content.length : end + 1
    lines.push(content.subarray(start, next))
    start = next
  }
  return lines
}

const CARRIAGE_RETURN = 0x0d
