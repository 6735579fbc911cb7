import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DriverFault } from '../../../local-vm/errors.js'
import type { DriverProgress, ResultOf, Verb } from '../../../local-vm/protocol.js'

/** Runs the driver as OpenTofu does: a process of its own, arguments without a shell, JSON lines back. */

const MAIN = fileURLToPath(new URL('../../../bundle/driver.js', import.meta.url))

export interface DriverRun<V extends Verb> {
  readonly code: number | null
  readonly result: ResultOf[V] | undefined
  readonly fault: DriverFault | undefined
  readonly progress: readonly DriverProgress[]
  readonly stderr: string
}

export interface RunningDriver<V extends Verb> {
  readonly pid: number
  kill(signal: NodeJS.Signals): void
  /** Settles when a progress line matches. */
  sees(matches: (line: DriverProgress) => boolean): Promise<void>
  readonly done: Promise<DriverRun<V>>
}

export interface DriverOptions {
  readonly env?: Record<string, string>
  /** A program that is given the driver's command line, e.g. one that prepares a mount namespace. */
  readonly wrapper?: readonly string[]
}

export function startDriver<V extends Verb>(
  verb: V,
  input: object,
  options: DriverOptions = {},
): RunningDriver<V> {
  const words = [...(options.wrapper ?? []), process.execPath, MAIN, verb, JSON.stringify(input)]
  const child = spawn(words[0] ?? '', words.slice(1), { env: { ...process.env, ...options.env } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const done = once(child, 'close').then(([code]) => toRun<V>(code as number | null, stdout, stderr))
  return {
    pid: child.pid ?? -1,
    kill: (signal) => child.kill(signal),
    sees: (matches) =>
      waitUntil(() => parseLines(stdout).some((line) => line.type === 'progress' && matches(line))),
    done,
  }
}

export function runDriver<V extends Verb>(
  verb: V,
  input: object,
  options?: DriverOptions,
): Promise<DriverRun<V>> {
  return startDriver(verb, input, options).done
}

export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms in vain for ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

type Line = DriverProgress | ({ type: 'result' } & object) | ({ type: 'fault' } & DriverFault)

/** The last line may still be under way. */
function parseLines(stdout: string): Line[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)
}

function toRun<V extends Verb>(code: number | null, stdout: string, stderr: string): DriverRun<V> {
  const lines = parseLines(stdout)
  const last = lines.at(-1)
  return {
    code,
    result: last?.type === 'result' ? (last as unknown as ResultOf[V]) : undefined,
    fault: last?.type === 'fault' ? last : undefined,
    progress: lines.filter((line): line is DriverProgress => line.type === 'progress'),
    stderr,
  }
}
