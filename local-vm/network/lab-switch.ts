import { lstat, readdir } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { fits } from '../../backend/forms.js'
import { CARD_NAME } from '../files.js'
import { connectIn } from '../qemu/socket-in.js'
import { Capture, type CaptureRequest } from './capture.js'
import { Forwarding } from './forwarding.js'
import { FrameReader } from './frames.js'
import type { NetworkFiles } from './network-files.js'
import { type Pair, readBroken } from './pairs.js'

/** A machine that does not read loses frames, as at any switch. In bytes. */
const MOST_WAITING = 4 * 1024 * 1024

interface Port {
  readonly name: string
  readonly socket: Socket
}

export interface SwitchState {
  /** The machines whose cards are connected. */
  readonly connected: readonly string[]
  readonly broken: readonly Pair[]
}

/** The switch of one lab's private network: connects to the card of each machine and passes frames on. */
export class LabSwitch {
  readonly #ports = new Map<string, Port>()
  readonly #captures = new Set<Capture>()
  readonly #forwarding = new Forwarding<Port>()
  readonly #connecting = new Set<string>()
  #usedAt = performance.now()
  #closed = false

  constructor(
    private readonly files: NetworkFiles,
    private readonly say: (text: string) => void,
  ) {}

  /** For how long no machine has been connected and no one has asked. */
  get idleMs(): number {
    return this.#ports.size > 0 ? 0 : performance.now() - this.#usedAt
  }

  /** Connects to the cards that are new, and obeys the file of separated pairs. */
  async look(): Promise<SwitchState> {
    this.#forwarding.broken = await readBroken(this.files)
    await Promise.all((await this.#unplugged()).map((name) => this.#plugIn(name)))
    return { connected: [...this.#ports.keys()].sort(), broken: this.#forwarding.broken }
  }

  /** Someone asked, so this is not the time to end. */
  async ask(): Promise<SwitchState> {
    this.#usedAt = performance.now()
    return this.look()
  }

  capture(reader: Socket, request: CaptureRequest): void {
    const capture = new Capture(reader, request)
    this.#captures.add(capture)
    reader.on('close', () => this.#captures.delete(capture))
  }

  close(): void {
    this.#closed = true
    for (const { socket } of this.#ports.values()) socket.destroy()
  }

  async #unplugged(): Promise<string[]> {
    const entries = await readdir(this.files.lab, { withFileTypes: true })
    const machines = entries.filter((entry) => entry.isDirectory() && fits('machine', entry.name))
    return machines.map(({ name }) => name).filter((name) => !this.#ports.has(name))
  }

  async #plugIn(name: string): Promise<void> {
    const folder = join(this.files.lab, name)
    if (this.#connecting.has(name) || !(await isOurSocket(join(folder, CARD_NAME)))) return
    this.#connecting.add(name)
    try {
      const socket = await connectIn(folder, CARD_NAME, 0)
      if (this.#closed) socket.destroy()
      else this.#serve({ name, socket })
    } catch {
      // Its QEMU has ended, or is about to listen: the next look tries again.
    } finally {
      this.#connecting.delete(name)
    }
  }

  #serve(port: Port): void {
    const { name, socket } = port
    const reader = new FrameReader()
    this.#ports.set(name, port)
    this.say(`${name} is connected`)
    socket.on('data', (chunk: Buffer) => {
      try {
        this.#pass(reader.read(chunk), port)
      } catch (error) {
        this.say(`${name} sent ${String(error)}`)
        socket.destroy()
      }
    })
    socket.on('close', () => {
      this.#ports.delete(name)
      this.#forwarding.forget(port)
      this.#usedAt = performance.now()
      this.say(`${name} is no longer connected`)
    })
  }

  /** All frames of a chunk leave in one write for each port. */
  #pass(frames: readonly Buffer[], from: Port): void {
    const written = new Set<Port>()
    for (const frame of frames) {
      const targets = this.#forwarding.targetsOf(frame, from, this.#ports.values())
      for (const capture of this.#captures) capture.take(frame, from.name, targets)
      for (const to of targets) {
        if (to.socket.writableLength > MOST_WAITING) continue
        if (!written.has(to)) to.socket.cork()
        written.add(to)
        to.socket.write(frame)
      }
    }
    for (const { socket } of written) socket.uncork()
  }
}

/** The lab's folder is private, but only what is in it as we make it is believed. */
async function isOurSocket(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined)
  return found?.isSocket() === true && found.uid === process.geteuid?.()
}
