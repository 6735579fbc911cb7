import { randomUUID } from 'node:crypto'
import type { NodeSSH } from 'node-ssh'
import type { Take } from '../pass-on.js'

/**
 * Learns the process group of a command on a machine: the command prints it before it begins, and that line
 * is removed from its standard output again. sshd itself forgets the group as soon as its first process has
 * ended.
 */
export class ProcessGroup {
  readonly #mark = `distrolab-${randomUUID()}`
  #held: Buffer | undefined = Buffer.alloc(0)
  #id: string | undefined

  /** @param pass gets the standard output of the command itself */
  constructor(private readonly pass: Take) {}

  /** The command that prints it; sshd makes the login shell the leader of a group. */
  telling(command: string): string {
    return `echo ${this.#mark} $$\n${command}`
  }

  take(chunk: Buffer): unknown {
    if (this.#held === undefined) return this.pass(chunk)
    this.#held = Buffer.concat([this.#held, chunk])
    // One character for each byte, so that positions are the buffer's.
    const said = new RegExp(`${this.#mark} (\\d+)\\r?\\n`).exec(this.#held.toString('latin1'))
    if (said === null) return undefined
    this.#id = said[1]
    const [before, after] = [
      this.#held.subarray(0, said.index),
      this.#held.subarray(said.index + said[0].length),
    ]
    this.#held = undefined
    return this.#passAll([before, after])
  }

  /** The command's output has ended. */
  end(): void {
    const held = this.#held ?? Buffer.alloc(0)
    this.#held = undefined
    // The command has ended, so a reader that leaves no longer matters.
    this.#passAll([held])?.catch(() => undefined)
  }

  #passAll(parts: readonly Buffer[]): Promise<unknown> | undefined {
    const taken = parts.filter(({ length }) => length > 0).map(this.pass)
    return taken.some((each) => each instanceof Promise) ? Promise.all(taken) : undefined
  }

  /** Whether that worked is seen from the end of the command. */
  kill(ssh: NodeSSH): void {
    if (this.#id !== undefined) ssh.execCommand(`kill -s KILL -- -${this.#id}`).catch(() => undefined)
  }
}
