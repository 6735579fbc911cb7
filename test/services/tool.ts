import { run, RunError } from '../../scripts/run.js'

export interface ToolOptions {
  readonly missing: string
  readonly failed: string
  readonly cwd?: string
}

/** Runs a tool; in an error's words what to do comes first, what the tool said last. */
export async function tool(name: string, args: readonly string[], options: ToolOptions): Promise<void> {
  // Nobody's own Go settings; without C, which a new machine has no compiler for.
  const env = { GOFLAGS: undefined, GOWORK: 'off', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' }
  try {
    await run(name, args, { env, ...(options.cwd === undefined ? {} : { cwd: options.cwd }) })
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    const { failure } = error
    if (failure.kind === 'spawn-failed') throw new Error(options.missing, { cause: error })
    const said = `${failure.stdout}\n${failure.stderr}`.trim().split('\n').slice(-15)
    throw new Error([`${options.failed}:`, ...said].join('\n  '), { cause: error })
  }
}
