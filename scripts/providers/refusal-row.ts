import type { CloudRefusalCode } from './faults.js'

/**
 * A cloud's words, and what they mean. A row matches by one of its codes, by one of its words or, if it has
 * both, by both. In either, `…` stands for one word or a part of one, and `……` for anything. Words ignore
 * case.
 */
export interface RefusalRow {
  readonly is: CloudRefusalCode
  readonly codes?: readonly string[]
  readonly words?: readonly string[]
}

/** How one cloud refuses. */
export interface Refusals {
  /** The first match wins, so specific rows come before general ones. */
  readonly rows: readonly RefusalRow[]
  /** The codes in a text, taken only from where the cloud or OpenTofu's provider writes them. */
  readonly codesIn: (text: string) => readonly string[]
  /** Matches only this cloud's texts, wherever they come from. */
  readonly voice: RegExp
}

/** Whether a text, in one line, with these codes in it, matches a row. */
export function meets(row: RefusalRow, text: string, codes: readonly string[]): boolean {
  const { codes: known, words } = row
  if (known !== undefined && !codes.some((code) => known.some((each) => pattern(`^${each}$`, '').test(code))))
    return false
  return words === undefined || words.some((each) => pattern(each, 'i').test(text))
}

const patterns = new Map<string, RegExp>()

function pattern(phrase: string, flags: string): RegExp {
  const known = patterns.get(`${flags}${phrase}`)
  if (known !== undefined) return known
  const source = phrase
    .replaceAll(/[.*+?()[\]{}|\\/]/g, String.raw`\$&`)
    .replaceAll('……', '.{0,200}?')
    .replaceAll('…', String.raw`[^\s/'"]{1,80}`)
  const made = new RegExp(source, flags)
  patterns.set(`${flags}${phrase}`, made)
  return made
}
