/**
 * QEMU's `-netdev stream` writes each Ethernet frame after its length in 4 bytes, most significant first
 * (net_socket_receive in QEMU's net/stream.c).
 */

export const PREFIX = 4
/** Two addresses and a type. */
const SHORTEST = 14
/** NET_BUFSIZE in QEMU's include/net/net.h. */
export const LONGEST = 4096 + 65536

/** Divides what a card sends into frames, each still with its prefix. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  /** The frames that are complete now. Throws RangeError for a length that no QEMU writes. */
  read(chunk: Buffer): Buffer[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const frames: Buffer[] = []
    let at = 0
    while (bytes.length - at >= PREFIX) {
      const length = bytes.readUInt32BE(at)
      if (length > LONGEST) throw new RangeError(`a frame of ${length} bytes`)
      const end = at + PREFIX + length
      if (end > bytes.length) break
      if (length >= SHORTEST) frames.push(bytes.subarray(at, end))
      at = end
    }
    this.#rest = bytes.subarray(at)
    return frames
  }
}

/** Of a frame with its prefix. */
export const targetOf = (frame: Buffer): number => frame.readUIntBE(PREFIX, 6)
export const sourceOf = (frame: Buffer): number => frame.readUIntBE(PREFIX + 6, 6)

/** Broadcast or multicast: the lowest bit of the first byte is set. */
export const isForMany = (address: number): boolean => Math.floor(address / 2 ** 40) % 2 === 1
