import { execa } from 'execa'

/** Wall-clock milliseconds of one run of `action`. */
export async function timeOf(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await action()
  return performance.now() - started
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

export interface SideBySide {
  /** Medians in milliseconds. */
  readonly ours: number
  readonly theirs: number
}

/**
 * Alternates both sides, so that other work on the computer affects both equally; the first turn only warms
 * up.
 */
export async function sideBySide(
  rounds: number,
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
): Promise<SideBySide> {
  const times = { ours: [] as number[], theirs: [] as number[] }
  for (let round = 0; round <= rounds; round++) {
    const [a, b] = [await timeOf(ours), await timeOf(theirs)]
    if (round === 0 && rounds > 1) continue
    times.ours.push(a)
    times.theirs.push(b)
  }
  return { ours: median(times.ours), theirs: median(times.theirs) }
}

/** Runs a program without a shell and without output; throws if it fails. */
export const quietly = (
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<unknown> => execa(program, args, { ...options, stdin: 'ignore' })
