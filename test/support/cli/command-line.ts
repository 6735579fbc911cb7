/** The words of a command line as a shell would read it; single quotes are all that examples and hints use. */
export const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|\S+/g)].map(([whole, quoted]) => quoted ?? whole)

/** Each `distrolab …` command line in a text: it ends at a comment, `&&`, a newline or a wide gap. */
export const commandLinesIn = (text: string): string[] =>
  [...text.matchAll(/\bdistrolab\b[^\n]*?(?=\s*(?:&&|#|\n| {2}|$))/g)].map(([line]) => line.trim())
