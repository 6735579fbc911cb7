import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Options } from 'execa'
import { sendSignal } from '../backend/send-signal.js'
import { stayingVariables, workingVariables } from './env.js'

/** Why a child process failed; both streams and the cause are kept. */
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
  /** Once aborted, ends the child and all its descendants; the promise settles when it has ended. */
  readonly signal?: AbortSignal
  /** The child's whole environment; by default `workingVariables`. */
  readonly environment?: Readonly<Record<string, string>>
  /** Called with the child's pid, which is also its process group's id. */
  readonly onStart?: (pid: number) => void
  /** An open file that becomes the child's descriptor 3. */
  readonly descriptor3?: number
  readonly onErrorLine?: (line: string) => void
}

/**
 * Runs a program without a shell and without input. Throws ToolFailure, or the signal's reason if aborted.
 * The child has its own session: a Ctrl-C at the terminal reaches it through us, once.
 */
export async function runTool(
  binary: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolOutput> {
  options.signal?.throwIfAborted()
  // Loaded when needed, because it costs more than everything else that a `status` or `destroy` does.
  const { execa, ExecaError } = await import('execa')
  const child = withPrivateFiles(() => execa(binary, args, execaOptions(options)))
  const end = (): void => void endGroup(child.pid)
  options.signal?.addEventListener('abort', end, { once: true })
  if (options.onErrorLine !== undefined)
    void forwardLines(child.iterable({ from: 'stderr' }), options.onErrorLine)
  try {
    if (child.pid !== undefined) options.onStart?.(child.pid)
    const { stdout, stderr } = await child
    return { stdout: text(stdout), stderr: text(stderr) }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof ExecaError)) {
      // Our own handling failed, not the child: it must not continue without us.
      await endGroup(child.pid)
      await child.catch(() => undefined)
      throw error
    }
    const kind = error.isTerminated ? 'killed' : error.exitCode === undefined ? 'spawn-failed' : 'exited'
    const output = { stdout: text(error.stdout), stderr: text(error.stderr) }
    throw new ToolFailure(kind, binary, error.exitCode, output, { cause: error })
  } finally {
    options.signal?.removeEventListener('abort', end)
  }
}

function execaOptions(options: ToolOptions): Options {
  const { descriptor3 } = options
  // Node and execa pass a number on as the child's descriptor; execa's types allow that only for 0 to 2.
  const inherited = descriptor3 === undefined ? [] : [descriptor3 as unknown as 'inherit']
  return {
    stdio: ['ignore', 'pipe', 'pipe', ...inherited],
    detached: true,
    cleanup: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.environment ?? workingVariables(),
    extendEnv: false,
  }
}

/**
 * Starts a program that outlives us and our parent: its own session, no terminal, none of our open files, `/`
 * as its folder, `stayingVariables` as its environment. `log` is the descriptor that both its streams go to.
 * Returns its pid.
 */
export async function startDetached(binary: string, args: readonly string[], log: number): Promise<number> {
  const child = withPrivateFiles(() =>
    spawn(binary, args, {
      cwd: '/',
      env: stayingVariables(),
      detached: true,
      stdio: ['ignore', log, log],
    }),
  )
  await once(child, 'spawn')
  child.unref()
  return child.pid ?? -1
}

/** A tool's files are private to the user: a child has the umask that its parent has when it is spawned. */
function withPrivateFiles<T>(begin: () => T): T {
  const before = process.umask(0o077)
  try {
    return begin()
  } finally {
    process.umask(before)
  }
}

const GROUP_GRACE_MS = 10_000

/**
 * Ends a process group: SIGTERM, then SIGKILL. Signalling only the leader is not enough: mmdebstrap ignores
 * signals while its children work, because a terminal's Ctrl-C would reach them all.
 */
export async function endGroup(group: number | undefined): Promise<void> {
  if (group === undefined) return
  sendSignal(-group, 'SIGTERM')
  const deadline = performance.now() + GROUP_GRACE_MS
  while (sendSignal(-group, 0)) {
    if (performance.now() > deadline) return void sendSignal(-group, 'SIGKILL')
    await sleep(100)
  }
}

async function forwardLines(lines: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
  try {
    for await (const line of lines) onLine(String(line))
  } catch {
    // If the child failed, the awaited promise says so, with everything the child wrote.
  }
}

const text = (stream: unknown): string => (typeof stream === 'string' ? stream : '')
