import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The program as it is shipped. */
export const CLI = fileURLToPath(new URL('../../bundle/cli.js', import.meta.url))

export interface CliRun {
  /** null: a signal ended it, which is a bug unless it was SIGKILL. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The one JSON document of `-o json`; throws for any other output. */
  json<T = Record<string, unknown>>(): T
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Standard input; absent: none. */
  readonly input?: string
  readonly uid?: number
}

/** The real program in its own process. */
export class CliProcess {
  readonly done: Promise<CliRun>
  #stdout = ''
  #stderr = ''
  readonly #child: ChildProcess

  constructor(args: readonly string[], env: NodeJS.ProcessEnv, options: CliOptions) {
    const { uid, input } = options
    const user = uid === undefined ? {} : { uid, gid: uid }
    const child = spawn(process.execPath, [CLI, ...args], {
      env: { ...env, ...options.env },
      cwd: '/',
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...user,
    })
    // The program may end without reading everything.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
    child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()))
    this.#child = child
    this.done = once(child, 'close').then(([code]) => this.#run(code as number | null))
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }
  get stdout(): string {
    return this.#stdout
  }
  get stderr(): string {
    return this.#stderr
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Waits until this text is on stderr. */
  async says(text: string | RegExp): Promise<void> {
    const said = (): boolean =>
      typeof text === 'string' ? this.#stderr.includes(text) : text.test(this.#stderr)
    let ended = false
    void this.done.then(() => (ended = true))
    await waitUntil(`"${String(text)}" on stderr`, () => {
      if (!said() && ended) throw new Error(`it ended without saying ${String(text)}:\n${this.#stderr}`)
      return said()
    })
  }

  #run(code: number | null): CliRun {
    const [stdout, stderr] = [this.#stdout, this.#stderr]
    return { code, stdout, stderr, json: <T>() => JSON.parse(stdout) as T }
  }
}

/** Polls; fails with `what`, and never continues by itself. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
}
