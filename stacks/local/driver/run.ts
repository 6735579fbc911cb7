import type { Options } from 'execa'

/** Why a child process did not do its work; both streams and the cause are kept. */
export class ToolFailure extends Error {
  constructor(
    readonly kind: 'spawn-failed' | 'exited' | 'killed',
    readonly binary: string,
    readonly exitCode: number | undefined,
    readonly output: ToolOutput,
    options: ErrorOptions,
  ) {
    super(`${binary} ${kind} ${exitCode ?? ''}: ${output.stderr.slice(-2000)}`, options)
    this.name = 'ToolFailure'
  }
}

export interface ToolOutput {
  readonly stdout: string
  readonly stderr: string
}

export interface ToolOptions {
  readonly cwd?: string
  /** Sends SIGTERM, and SIGKILL after 20 s, once aborted; the promise settles when the child has ended. */
  readonly signal?: AbortSignal
  /** An open file that the child gets as its descriptor 3. */
  readonly descriptor3?: number
  readonly onErrorLine?: (line: string) => void
}

/**
 * Runs a program without a shell and without input. Throws ToolFailure, or the signal's reason when aborted.
 * The child has a session of its own: a Ctrl-C at the terminal reaches it through us, once.
 */
export async function runTool(
  binary: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolOutput> {
  options.signal?.throwIfAborted()
  // Loaded when needed: it costs more than all else that a `status` or `destroy` does.
  const { execa, ExecaError } = await import('execa')
  const child = execa(binary, args, execaOptions(options))
  if (options.onErrorLine !== undefined)
    void forwardLines(child.iterable({ from: 'stderr' }), options.onErrorLine)
  try {
    const { stdout, stderr } = await child
    return { stdout: text(stdout), stderr: text(stderr) }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof ExecaError)) throw error
    const kind = error.isTerminated ? 'killed' : error.exitCode === undefined ? 'spawn-failed' : 'exited'
    const output = { stdout: text(error.stdout), stderr: text(error.stderr) }
    throw new ToolFailure(kind, binary, error.exitCode, output, { cause: error })
  }
}

function execaOptions(options: ToolOptions): Options {
  const { descriptor3 } = options
  // Node and execa pass a number on as the child's descriptor; execa's types know that for 0 to 2 only.
  const inherited = descriptor3 === undefined ? [] : [descriptor3 as unknown as 'inherit']
  return {
    stdio: ['ignore', 'pipe', 'pipe', ...inherited],
    detached: true,
    cleanup: true,
    forceKillAfterDelay: 20_000,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  }
}

async function forwardLines(lines: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
  try {
    for await (const line of lines) onLine(String(line))
  } catch {
    // The child failed: the awaited promise tells, with everything it wrote.
  }
}

const text = (stream: unknown): string => (typeof stream === 'string' ? stream : '')
