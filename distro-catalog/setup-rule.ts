import type { UserSetup } from './setup-schema.js'

export interface SetupProblem {
  /** Below the setup, such as `files.0.content`. */
  readonly field: string
  readonly expected: string
  readonly got: string
}

/** What no schema can express. */
export function setupProblems({ files = [], run, runFile }: UserSetup): SetupProblem[] {
  const problems = files.flatMap(({ content, source }, index): SetupProblem[] => {
    if ((content === undefined) !== (source === undefined)) return []
    const got = content === undefined ? 'neither' : 'both'
    return [{ field: `files.${index}`, expected: 'content or source', got }]
  })
  if (run === undefined || runFile === undefined) return problems
  return [...problems, { field: 'runFile', expected: 'run or runFile', got: 'both' }]
}
