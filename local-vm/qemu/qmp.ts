import type { Socket } from 'node:net'
import { createInterface, type Interface } from 'node:readline'
import { SOCKET_NAME } from '../files.js'
import { connectIn } from './socket-in.js'

/** A machine that does not answer in this time counts as gone. */
const ANSWER_TIMEOUT_MS = 5_000

interface Message {
  readonly QMP?: unknown
  readonly event?: string
  readonly return?: unknown
  readonly error?: { readonly class: string; readonly desc: string }
}

/** A command or a job that failed, or a connection that ended before the answer. */
export class QmpFailure extends Error {
  constructor(
    readonly command: string,
    readonly reason: string,
  ) {
    super(`QMP ${command}: ${reason}`)
    this.name = 'QmpFailure'
  }
}

/** A conversation with one QEMU over QMP (docs/interop/qmp-spec in QEMU's sources). Events are ignored. */
export class QmpSession {
  private constructor(
    private readonly socket: Socket,
    private readonly lines: Interface,
    private readonly messages: AsyncIterator<string>,
  ) {}

  /** Runs `action` on the QMP socket in `directory`; undefined if nothing answers there. */
  static async with<T>(
    directory: string,
    action: (session: QmpSession) => Promise<T>,
    answerMs = ANSWER_TIMEOUT_MS,
  ): Promise<T | undefined> {
    const session = await QmpSession.connect(directory, answerMs)
    if (session === undefined) return undefined
    try {
      return await action(session)
    } finally {
      session.lines.close()
      session.socket.destroy()
    }
  }

  private static async connect(directory: string, answerMs: number): Promise<QmpSession | undefined> {
    try {
      const socket = await connectIn(directory, SOCKET_NAME, answerMs)
      const lines = createInterface({ input: socket })
      // A destroyed socket never emits `end`, which is the only event that readline waits for.
      socket.once('close', () => lines.close())
      const session = new QmpSession(socket, lines, lines[Symbol.asyncIterator]())
      await session.next('greeting')
      await session.execute('qmp_capabilities')
      return session
    } catch {
      // Absent, refused, or silent: the caller falls back to the process itself.
      return undefined
    }
  }

  /**
   * From now on an answer may take this long: QEMU answers nothing while it writes or reads a guest's memory.
   */
  waitUpTo(answerMs: number): void {
    this.socket.setTimeout(answerMs)
  }

  /** Throws QmpFailure. */
  async execute(command: string, args?: object): Promise<unknown> {
    this.socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`)
    for (;;) {
      const message = await this.next(command)
      if (message.error !== undefined) throw new QmpFailure(command, message.error.desc)
      if ('return' in message) return message.return
    }
  }

  private async next(command: string): Promise<Message> {
    const line = await this.messages.next()
    if (line.done === true) throw new QmpFailure(command, 'the connection ended before the answer')
    return JSON.parse(line.value) as Message
  }
}
