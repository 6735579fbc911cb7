import { run, RunError } from '../../scripts/run.js'

export interface ToolOptions {
  readonly missing: string
  readonly failed: string
  readonly cwd?: string
}

/** Runs a tool. Its error starts with what to do, and ends with the tool's output. */
export async function tool(name: string, args: readonly string[], options: ToolOptions): Promise<void> {
  try {
    await run(name, args, options.cwd === undefined ? {} : { cwd: options.cwd })
  } catch (error) {
    throw toolFailure(error, options)
  }
}

/** The error of a tool that failed; returns any other error unchanged. */
export function toolFailure(error: unknown, { missing, failed }: ToolOptions): unknown {
  if (!(error instanceof RunError)) return error
  const { failure } = error
  if (failure.kind === 'spawn-failed') return new Error(missing, { cause: error })
  const said = `${failure.stdout}\n${failure.stderr}`.trim().split('\n').slice(-15)
  return new Error([`${failed}:`, ...said].join('\n  '), { cause: error })
}
