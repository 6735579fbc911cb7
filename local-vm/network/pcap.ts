import { LONGEST, PREFIX } from './frames.js'

/** The classic format of libpcap, little-endian; pcap-savefile(5). */

const MAGIC = 0xa1b2c3d4
const SNAPLEN = 262_144
const ETHERNET = 1

/** Of one frame, in bytes. */
export const LONGEST_RECORD = 16 + LONGEST

export function pcapHeader(): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(MAGIC, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(SNAPLEN, 16)
  header.writeUInt32LE(ETHERNET, 20)
  return header
}

/** `frame` has its prefix; `at` in milliseconds since 1970. */
export function pcapRecord(frame: Buffer, at: number): Buffer {
  const length = frame.length - PREFIX
  const record = Buffer.allocUnsafe(16 + length)
  record.writeUInt32LE(Math.floor(at / 1000), 0)
  record.writeUInt32LE(Math.floor((at % 1000) * 1000), 4)
  record.writeUInt32LE(length, 8)
  record.writeUInt32LE(length, 12)
  frame.copy(record, 16, PREFIX)
  return record
}
