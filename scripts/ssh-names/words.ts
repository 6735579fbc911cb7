/** One line of ssh_config(5). */
export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string
  readonly words: readonly string[]
}

/** Undefined for an empty line and a comment. Words are without their quotes; a `#` in front of one begins a comment. */
export function parseLine(line: string): ConfigLine | undefined {
  const [, keyword, rest] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*)$/s.exec(line) ?? []
  if (keyword === undefined || rest === undefined) return undefined
  const words: string[] = []
  for (const [, double, single, bare] of rest.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)) {
    if (bare?.startsWith('#') === true) break
    words.push(double ?? single ?? bare ?? '')
  }
  return { keyword: keyword.toLowerCase(), words }
}
