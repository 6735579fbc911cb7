import type { Take } from '../pass-on.js'

/** A line longer than this is passed on in pieces, so that a command without line ends cannot fill the memory. */
const LONGEST_LINE = 64 * 1024
const LINE_END = 0x0a

export interface PrefixedLines {
  readonly take: Take
  /** Passes on what came after the last line end. */
  readonly flush: () => Promise<void>
}

/**
 * Passes whole lines on, each after a prefix, so that lines of several sources may be mixed. Bytes stay as they are; a last
 * line without an end gets one.
 */
export function prefixLines(prefix: string, take: Take): PrefixedLines {
  const start = Buffer.from(prefix)
  let rest = Buffer.alloc(0)
  const pass = async (lines: readonly Buffer[]): Promise<void> => {
    if (lines.length > 0) await take(Buffer.concat(lines.flatMap((line) => [start, line])))
  }
  return {
    take: (chunk) => {
      const lines: Buffer[] = []
      let from = 0
      const text = Buffer.concat([rest, chunk])
      for (let end = text.indexOf(LINE_END); end >= 0; end = text.indexOf(LINE_END, from)) {
        lines.push(text.subarray(from, end + 1))
        from = end + 1
      }
      rest = text.subarray(from)
      if (rest.length > LONGEST_LINE) {
        lines.push(Buffer.concat([rest, Buffer.of(LINE_END)]))
        rest = Buffer.alloc(0)
      }
      return pass(lines)
    },
    async flush() {
      const last = rest
      rest = Buffer.alloc(0)
      if (last.length > 0) await pass([Buffer.concat([last, Buffer.of(LINE_END)])])
    },
  }
}
