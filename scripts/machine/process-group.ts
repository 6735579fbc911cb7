import { randomUUID } from 'node:crypto'
import type { Client } from 'ssh2'

/**
 * Learns the process group of a command on a machine: the command says it before it begins, and that line is taken out
 * of its standard output again. sshd itself forgets the group as soon as its first process has ended.
 */
export class ProcessGroup {
  readonly #mark = `distrolab-${randomUUID()}`
  #held: Buffer | undefined = Buffer.alloc(0)
  #id: string | undefined

  /** @param pass gets the standard output of the command itself */
  constructor(private readonly pass: (chunk: Buffer) => void) {}

  /** The command that says it; sshd makes the login shell the leader of a group. */
  telling(command: string): string {
    return `echo ${this.#mark} $$\n${command}`
  }

  take(chunk: Buffer): void {
    if (this.#held === undefined) {
      this.pass(chunk)
      return
    }
    this.#held = Buffer.concat([this.#held, chunk])
    // One character a byte, so that positions are the buffer's.
    const said = new RegExp(`${this.#mark} (\\d+)\\r?\\n`).exec(this.#held.toString('latin1'))
    if (said === null) return
    this.#id = said[1]
    const [before, after] = [
      this.#held.subarray(0, said.index),
      this.#held.subarray(said.index + said[0].length),
    ]
    this.#held = undefined
    for (const part of [before, after]) if (part.length > 0) this.pass(part)
  }

  /** The command's output has ended. */
  end(): void {
    if (this.#held !== undefined && this.#held.length > 0) this.pass(this.#held)
    this.#held = undefined
  }

  /** Whether that worked is seen from the end of the command. */
  kill(client: Client): void {
    if (this.#id === undefined) return
    client.exec(`kill -s KILL -- -${this.#id}`, (error, channel) => {
      if (!error) channel.resume().stderr.resume()
    })
  }
}
