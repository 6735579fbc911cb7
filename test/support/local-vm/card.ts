import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { FrameReader, PREFIX } from '../../../local-vm/network/frames.js'

export const BROADCAST = 'ff:ff:ff:ff:ff:ff'
const bytesOf = (address: string): Buffer => Buffer.from(address.replaceAll(':', ''), 'hex')

/** An Ethernet frame with its prefix. */
export function frameOf(target: string, source: string, payload: string): Buffer {
  const body = Buffer.concat([
    bytesOf(target),
    bytesOf(source),
    Buffer.from([0x88, 0xb5]),
    Buffer.from(payload),
  ])
  const prefix = Buffer.alloc(PREFIX)
  prefix.writeUInt32BE(body.length)
  return Buffer.concat([prefix, body])
}

export const payloadOf = (frame: Buffer): string => frame.subarray(PREFIX + 14).toString()

/** The network card of a machine as its QEMU shows it: it listens in the machine's folder. */
export class Card {
  readonly #received: string[] = []
  #socket: Socket | undefined

  private constructor(
    readonly address: string,
    private readonly server: Server,
  ) {
    server.on('connection', (socket) => this.#serve(socket))
  }

  static async plugIn(lab: string, machine: string, address: string): Promise<Card> {
    const folder = join(lab, machine)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await rm(join(folder, 'net.sock'), { force: true })
    const server = createServer().listen(join(folder, 'net.sock'))
    await once(server, 'listening')
    return new Card(address, server)
  }

  get isConnected(): boolean {
    return this.#socket !== undefined
  }

  /** The payloads of everything that came since the last call. */
  taken(): string[] {
    return this.#received.splice(0)
  }

  send(target: string, payload: string): void {
    this.#socket?.write(frameOf(target, this.address, payload))
  }

  write(bytes: Buffer): void {
    this.#socket?.write(bytes)
  }

  async unplug(): Promise<void> {
    this.#socket?.destroy()
    this.server.close()
    await once(this.server, 'close')
  }

  #serve(socket: Socket): void {
    const reader = new FrameReader()
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#received.push(...reader.read(chunk).map(payloadOf)))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined
    })
  }
}
