/** The words of a command line that are ours: the words after `--` belong to the command there. */
export function ownWords(argv: readonly string[]): readonly string[] {
  const dashes = argv.indexOf('--')
  return dashes < 0 ? argv : argv.slice(0, dashes)
}

/** The value of `--output` as a parser would read it, for a command line that may be unparsable. */
export function askedOutput(argv: readonly string[]): string | undefined {
  const own = ownWords(argv)
  const said = own.flatMap((word, index) => {
    const [, value] =
      /^(?:--output|-[a-zA-Z]*o)(?:=(.*))?$/.exec(word) ??
      /^-[a-zA-Z]*?o(json|text|markdown)$/.exec(word) ??
      []
    if (value !== undefined) return [value]
    return /^(?:--output|-[a-zA-Z]*o)$/.test(word) ? [own[index + 1] ?? ''] : []
  })
  return said.at(-1)
}
