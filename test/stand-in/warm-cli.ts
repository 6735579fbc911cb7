import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CliRun } from './lab-cli.js'
import type { WarmAnswer, WarmOrder } from './warm-cli-program.js'

const PROGRAM = fileURLToPath(new URL('warm-cli-program.js', import.meta.url))

/**
 * The CLI's `main` for one command line after the other in a process that stays. This avoids the start of
 * Node, which is most of a short command's time. Use it for commands before and after the tested one, never
 * if the process, its signals, its standard streams or parallel commands are tested.
 */
export class WarmProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  #former: Promise<unknown> = Promise.resolve()

  /** `program`: another build of the same. `env`: the variables that Node itself reads at its start. */
  constructor(program = PROGRAM, env: Readonly<Record<string, string>> = {}) {
    // Sent as a message instead of set: code that looks for a sandbox's processes by their environment finds
    // the programs that it starts, not this process.
    this.#child = fork(program, [], {
      env: { ...env },
      execArgv: [],
      cwd: '/',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#ended = once(this.#child, 'exit')
  }

  /** One after the other, for all callers. */
  run(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<CliRun> {
    const result = this.#former.then(async () => {
      const answered = once(this.#child, 'message')
      this.#child.send({ env, args } satisfies WarmOrder)
      const [answer] = (await Promise.race([answered, this.#ended])) as [WarmAnswer | number | null]
      if (answer === null || typeof answer === 'number') throw new Error('the warm CLI has ended')
      return { ...answer, json: <T>() => JSON.parse(answer.stdout) as T }
    })
    this.#former = result.catch(() => undefined)
    return result
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

/** A warm process for one sandbox. */
export class WarmCli {
  readonly #process = new WarmProcess()

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  run(args: readonly string[]): Promise<CliRun> {
    return this.#process.run(this.env, args)
  }

  /** Runs a command that must succeed; a failure shows everything it printed. */
  async ok(...args: string[]): Promise<CliRun> {
    const result = await this.run(args)
    if (result.code !== 0)
      throw new Error(`${args.join(' ')} → ${result.code}\n${result.stdout}${result.stderr}`)
    return result
  }

  close(): Promise<void> {
    return this.#process.close()
  }
}
