import type { Socket } from 'node:net'
import { pcapHeader, pcapRecord } from './pcap.js'

/** What a reader that is too slow may have waiting for it. In bytes. */
const MOST_WAITING = 16 * 1024 * 1024

export interface CaptureRequest {
  /** Only what this machine sends and receives; null: everything that any machine sends. */
  readonly machine: string | null
  readonly maxBytes: number
}

/** Writes frames to one reader, up to a size. It ends with a whole frame, also when the reader has enough. */
export class Capture {
  #bytes = 0

  constructor(
    private readonly reader: Socket,
    private readonly request: CaptureRequest,
  ) {
    this.#write(pcapHeader())
    reader.on('end', () => reader.end())
    // What the reader says besides has no meaning; reading it shows when it leaves.
    reader.resume()
  }

  /** `targets`: the machines that get the frame. */
  take(frame: Buffer, from: string, targets: readonly { readonly name: string }[]): void {
    const { machine } = this.request
    if (machine !== null && machine !== from && !targets.some(({ name }) => name === machine)) return
    if (this.reader.writableEnded || this.reader.writableLength > MOST_WAITING) return
    const record = pcapRecord(frame, performance.timeOrigin + performance.now())
    if (this.#bytes + record.length > this.request.maxBytes) this.reader.end()
    else this.#write(record)
  }

  #write(bytes: Buffer): void {
    this.#bytes += bytes.length
    this.reader.write(bytes)
  }
}
