/** What became of one test file, as the reporter hands it to the runner. */
export interface FileResult {
  /** Relative to dist/test/. */
  readonly file: string
  readonly seconds: number
  /** Of the processor, by the file itself and what it started and waited for; null where that was not measured. */
  readonly cpuSeconds: number | null
  readonly passed: number
  /** A file that cannot even be loaded counts as one. */
  readonly failed: number
  readonly skipped: readonly SkippedTest[]
}

export interface SkippedTest {
  readonly title: string
  /** Null: nobody said why, which fails the run. */
  readonly reason: string | null
}

/** The variables by which the runner tells its reporter and its environment where to write. */
export const RESULTS_VARIABLE = 'TEST_SUITE_RESULTS'
export const COSTS_VARIABLE = 'TEST_SUITE_COSTS'

/** One line of the file that COSTS_VARIABLE names. */
export interface FileCost {
  readonly path: string
  readonly cpuSeconds: number
}

/** Marks the reason in a skipped test's title: there the run's table finds it. */
const MARK = / \[skipped: ([^\]]+)\]$/

export const skippedTitle = (title: string, reason: string): string => `${title} [skipped: ${reason}]`

/** Why tests with this title, or below it, are skipped; undefined where the title does not say. */
export const reasonIn = (title: string): string | undefined => MARK.exec(title)?.[1]
