import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { SOCKET_NAME } from '../files.js'

/** A machine that does not answer in this time is taken for gone. */
const ANSWER_TIMEOUT_MS = 5_000
/** sun_path holds 108 bytes with the final NUL on Linux, 104 on macOS; unix(7). */
const LONGEST_SOCKET_PATH = 103

interface Message {
  readonly QMP?: unknown
  readonly event?: string
  readonly return?: unknown
  readonly error?: { readonly class: string; readonly desc: string }
}

/** A conversation with one QEMU over QMP (docs/interop/qmp-spec in QEMU's sources). Events are passed over. */
export class QmpSession {
  private constructor(
    private readonly socket: Socket,
    private readonly lines: Interface,
    private readonly messages: AsyncIterator<string>,
  ) {}

  /** Runs `action` on the QMP socket in `directory`, or returns undefined when nobody answers there. */
  static async with<T>(
    directory: string,
    action: (session: QmpSession) => Promise<T>,
  ): Promise<T | undefined> {
    const session = await QmpSession.connect(directory)
    if (session === undefined) return undefined
    try {
      return await action(session)
    } finally {
      session.lines.close()
      session.socket.destroy()
    }
  }

  private static async connect(directory: string): Promise<QmpSession | undefined> {
    const path = join(directory, SOCKET_NAME)
    const isLong = Buffer.byteLength(path) > LONGEST_SOCKET_PATH
    const folder = isLong ? await open(directory) : undefined
    try {
      const socket = connect(folder === undefined ? path : `/proc/self/fd/${folder.fd}/${SOCKET_NAME}`)
      socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy())
      await once(socket, 'connect')
      socket.on('error', () => socket.destroy())
      const lines = createInterface({ input: socket })
      const session = new QmpSession(socket, lines, lines[Symbol.asyncIterator]())
      await session.next()
      await session.execute('qmp_capabilities')
      return session
    } catch {
      // Absent, refused, or silent: the caller falls back to the process itself.
      return undefined
    } finally {
      await folder?.close()
    }
  }

  /** Throws when the command fails or the connection ends before the answer. */
  async execute(command: string, args?: object): Promise<unknown> {
    this.socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`)
    for (;;) {
      const message = await this.next()
      if (message.error !== undefined) throw new Error(`QMP ${command}: ${message.error.desc}`)
      if ('return' in message) return message.return
    }
  }

  private async next(): Promise<Message> {
    const line = await this.messages.next()
    if (line.done === true) throw new Error('the QMP connection ended')
    return JSON.parse(line.value) as Message
  }
}
