import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Options } from 'execa'
import { sendSignal } from '../backend/send-signal.js'
import { stayingVariables, workingVariables } from './env.js'
import { shellWord } from './shell-word.js'

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

export interface Attached {
  /** The end of its standard error, once it has ended. */
  readonly ended: Promise<string>
  /** Kills it, and waits for its end. */
  end(): Promise<void>
}

/**
 * Kills the program once its own standard input ends, which it does when we end, however we end. The program's is
 * /dev/null. The words are one of the shell's, so that its command line is not mistaken for the program's.
 */
const hold = (words: readonly string[]): string => String.raw`exec 3<&0
${words.map(shellWord).join(' ')} 3<&- </dev/null &
program=$!
{ cat <&3 >/dev/null; kill -9 $program; } &
holder=$!
exec 3<&-
wait $program
code=$?
kill $holder
exit $code`

const TAIL = 4000

/** Starts a program that does not outlive us. `isPatient`: it gets what others leave of the processors. */
export async function startAttached(
  binary: string,
  args: readonly string[],
  cwd: string,
  isPatient: boolean,
): Promise<Attached> {
  const words = isPatient ? ['nice', '-n', '19', binary, ...args] : [binary, ...args]
  const child = withPrivateFiles(() =>
    spawn('sh', ['-c', hold(words)], {
      cwd,
      env: stayingVariables(),
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
    }),
  )
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-TAIL)))
  const ended = once(child, 'exit').then(() => stderr)
  ended.catch(() => undefined)
  await once(child, 'spawn')
  return {
    ended,
    async end() {
      child.stdin.destroy()
      await ended
    },
  }
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
