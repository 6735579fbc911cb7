import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Order } from './store-worker.js'

export interface Answer {
  readonly value?: string
  readonly fault?: { readonly code: string; readonly place?: string; readonly reason?: string }
}

const workerPath = fileURLToPath(new URL('store-worker.js', import.meta.url))

/** A real process that carries out orders. */
export class Child {
  private constructor(readonly process: ChildProcess) {}

  static async start(): Promise<Child> {
    return Child.listening(fork(workerPath, { env: process.env }))
  }

  /** In small groups: starting all at once only makes each wait for the processor. */
  static async startMany(count: number): Promise<Child[]> {
    const started: Child[] = []
    while (started.length < count) {
      const group = Math.min(10, count - started.length)
      started.push(...(await Promise.all(Array.from({ length: group }, () => Child.start()))))
    }
    return started
  }

  /** Every file it writes may have at most that many KiB (setrlimit(2), RLIMIT_FSIZE): a disk full to any user. */
  static async startWithFullDisk(kib: number): Promise<Child> {
    const script = 'ulimit -f "$1"; shift; exec "$@"'
    const args = ['-c', script, 'bash', String(kib), process.execPath, workerPath]
    return Child.listening(spawn('bash', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))
  }

  private static async listening(process: ChildProcess): Promise<Child> {
    await once(process, 'message')
    return new Child(process)
  }

  async ask(order: Order): Promise<Answer> {
    const answered = once(this.process, 'message') as Promise<[Answer]>
    this.process.send(order)
    return (await answered)[0]
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name)
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const ended = once(this.process, 'exit')
    this.process.kill('SIGKILL')
    await ended
  }
}
