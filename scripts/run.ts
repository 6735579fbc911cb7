import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { execa, type Options } from 'execa'
import { sendSignal } from '../backend/send-signal.js'
import { passOn, type Take } from './pass-on.js'
import { limitTime, TimeOverError } from './time-limit.js'

/** How a program failed; both streams and the cause are kept. */
export type RunFailure =
  | { readonly kind: 'spawn-failed'; readonly program: string; readonly reason: string }
  | {
      readonly kind: 'exited'
      readonly program: string
      readonly exitCode: number
      readonly stdout: string
      readonly stderr: string
    }
  | {
      readonly kind: 'killed'
      readonly program: string
      readonly signal: string
      readonly stdout: string
      readonly stderr: string
    }

export class RunError extends Error {
  constructor(
    readonly failure: RunFailure,
    options?: ErrorOptions,
  ) {
    super(`${failure.program}: ${failure.kind}`, options)
    this.name = 'RunError'
  }
}

export interface RunOptions {
  readonly cwd?: string
  /** Added to our own environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Sends SIGINT once and waits for the program to end. */
  readonly signal?: AbortSignal
  /** Called with each whole line of standard output as it comes. */
  readonly onLine?: (line: string) => void
}

export interface Output {
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end without a shell. Throws RunError unless it exits with 0. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Output> {
  options.signal?.throwIfAborted()
  const child = execa(program, args, {
    ...common(options),
    stdin: 'ignore',
    // Outside the terminal's foreground group: Ctrl-C must reach the program through us, once.
    detached: true,
  })
  const interrupt = (): void => void child.kill('SIGINT')
  options.signal?.addEventListener('abort', interrupt, { once: true })
  try {
    if (options.onLine)
      for await (const line of child.iterable({ from: 'stdout' })) options.onLine(String(line))
    return outcome(program, await child)
  } finally {
    options.signal?.removeEventListener('abort', interrupt)
  }
}

export interface JoinedOptions {
  /** Added to our own environment. */
  readonly env: Readonly<Record<string, string>>
  /** Fed to the program; without it the program reads end-of-file. */
  readonly stdin?: NodeJS.ReadableStream
  /**
   * If no one accepts one of the streams any more, the program and everything it started get SIGPIPE, and
   * that stream is closed.
   */
  readonly onStdout?: Take
  readonly onStderr?: Take
  readonly signal: AbortSignal
  /** The signal that passes an abort on, chosen by its reason. */
  readonly stopWith: (reason: unknown) => NodeJS.Signals
  /** Milliseconds after which it is ended, with everything it started. */
  readonly timeLimitMs?: number | undefined
}

/**
 * Runs a program, passes its streams on as they come, and returns its exit code (128 + n if a signal ended
 * it). On abort it and everything it started get one signal, and the reason is thrown once it has ended.
 * Throws TimeOverError once it was ended at its time limit.
 */
export async function runJoined(
  program: string,
  args: readonly string[],
  options: JoinedOptions,
): Promise<number> {
  const { env, stdin, signal } = options
  signal.throwIfAborted()
  const input = stdin === undefined ? 'ignore' : 'pipe'
  // Its own process group: Ctrl-C must reach it through us, once.
  const child = execa(program, args, { ...common({ env }), stdin: input, buffer: false, detached: true })
  const toGroup = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined) sendSignal(-child.pid, name)
  }
  const onLeft = (stream: Readable) => (): void => {
    // Streams between Node and a child are sockets: if one is closed with unread data, it first reports an
    // error.
    toGroup('SIGPIPE')
    stream.destroy()
  }
  passOn(child.stdout, (chunk) => options.onStdout?.(chunk), onLeft(child.stdout))
  passOn(child.stderr, (chunk) => options.onStderr?.(chunk), onLeft(child.stderr))
  // The program may end without reading everything.
  child.stdin?.on('error', () => undefined)
  if (child.stdin) stdin?.pipe(child.stdin)
  const stop = (): void => {
    if (child.exitCode === null) toGroup(options.stopWith(signal.reason))
  }
  signal.addEventListener('abort', stop, { once: true })
  const limit = limitTime(options.timeLimitMs, {
    send: (name) => toGroup(`SIG${name}`),
    // A process that left the group may hold the streams forever.
    giveUp: () => [child.stdin, child.stdout, child.stderr].forEach((stream) => stream?.destroy()),
  })
  try {
    const result = await child
    signal.throwIfAborted()
    if (limit.isOver) throw new TimeOverError('seen')
    return exitCodeOf(program, result)
  } finally {
    limit.dispose()
    signal.removeEventListener('abort', stop)
  }
}

/** Runs a program on our own terminal and returns its exit code (128 + n if a signal ended it). */
export async function runInteractive(program: string, args: readonly string[]): Promise<number> {
  return exitCodeOf(program, await execa(program, args, { stdio: 'inherit', reject: false }))
}

function exitCodeOf(program: string, result: Ended): number {
  if (result.exitCode !== undefined) return result.exitCode
  if (result.signal !== undefined) return 128 + constants.signals[result.signal as NodeJS.Signals]
  throw new RunError({ kind: 'spawn-failed', program, reason: result.shortMessage ?? 'unknown' })
}

export interface Started {
  readonly pid: number
  /** Resolves when it has ended in any way. */
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly signal: string | undefined }>
  /** Sends it one signal. */
  kill(signal: NodeJS.Signals): void
  /** Lets it continue when we end. */
  leave(): void
}

/**
 * Starts a program that must survive us. It has its own process group, and its output goes to files, because
 * pipes would break when we are killed and end it by SIGPIPE.
 */
export function start(
  program: string,
  args: readonly string[],
  options: RunOptions & { readonly stdoutFile: string; readonly stderrFile: string; readonly umask?: number },
): Started {
  const stdout = openForChild(options.stdoutFile)
  const stderr = openForChild(options.stderrFile)
  try {
    const child = underUmask(options.umask, () =>
      execa(program, args, { ...common(options), stdin: 'ignore', stdout, stderr, detached: true }),
    )
    if (child.pid === undefined)
      throw new RunError({ kind: 'spawn-failed', program, reason: 'no such program' })
    return {
      pid: child.pid,
      ended: child.then((result) => ({ exitCode: result.exitCode, signal: result.signal })),
      kill: (signal) => void child.kill(signal),
      leave: () => child.unref(),
    }
  } finally {
    closeSync(stdout)
    closeSync(stderr)
  }
}

/** A child has the umask that its parent has when it is spawned, and execa spawns immediately. */
function underUmask<T>(umask: number | undefined, begin: () => T): T {
  if (umask === undefined) return begin()
  const before = process.umask(umask)
  try {
    return begin()
  } finally {
    process.umask(before)
  }
}

/** A file that the child writes itself. execa's types allow only one-digit descriptors. */
const openForChild = (path: string): 3 => openSync(path, 'w', 0o600) as 3

/** No cleanup, no forced kill: execa's defaults would send the engine a second signal. */
function common(options: RunOptions) {
  return {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...options.env },
    reject: false,
    cleanup: false,
    forceKillAfterDelay: false,
    stripFinalNewline: true,
  } satisfies Options
}

interface Ended {
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly stdout?: string | undefined
  readonly stderr?: string | undefined
  readonly shortMessage?: string | undefined
}

function outcome(program: string, result: Ended): Output {
  const stdout = result.stdout ?? ''
  const stderr = result.stderr ?? ''
  if (result.exitCode === 0) return { stdout, stderr }
  if (result.exitCode !== undefined) {
    throw new RunError({ kind: 'exited', program, exitCode: result.exitCode, stdout, stderr })
  }
  if (result.signal !== undefined) {
    throw new RunError({ kind: 'killed', program, signal: result.signal, stdout, stderr })
  }
  throw new RunError({ kind: 'spawn-failed', program, reason: result.shortMessage ?? 'unknown' })
}
