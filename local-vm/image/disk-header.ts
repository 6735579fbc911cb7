import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { DriverError } from '../errors.js'

export interface DiskInfo {
  readonly format: 'qcow2' | 'raw'
  readonly virtualBytes: number
}

/** A smaller file is not a disk. Anything of an unknown format counts as raw, even a page of text. */
const SMALLEST_RAW = 1024 * 1024
const HEADER_BYTES = 104
const SECTOR = 512

/**
 * The format of a disk image, by its own bytes, because QEMU would already open the files that an image
 * names. Only formats that need no other file pass: qcow2 without a backing file or an external data file,
 * and raw. Code that opens the disk must name the format, because a guest can write another format's header
 * into a raw disk. Throws image-invalid, with `name` for the image.
 */
export async function inspectDisk(disk: string, name = disk): Promise<DiskInfo> {
  // A blocking open of a pipe would wait forever.
  const file = await open(disk, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = await file.stat()
    const header = found.isFile() ? await readAt(file, 0, HEADER_BYTES) : Buffer.alloc(0)
    const trailer = found.isFile() ? await readAt(file, Math.max(0, found.size - SECTOR), SECTOR) : header
    const reason = found.isFile() ? whyRefused(header, trailer, found.size) : 'it is not a regular file'
    if (reason !== undefined) throw new DriverError({ code: 'image-invalid', url: name, reason })
    return isQcow(header)
      ? { format: 'qcow2', virtualBytes: Number(header.readBigUInt64BE(24)) }
      : { format: 'raw', virtualBytes: found.size }
  } finally {
    await file.close()
  }
}

/** The guest's size of a qcow2 disk that we made ourselves, which may have a backing file. */
export async function guestBytesOf(overlay: string): Promise<number> {
  const file = await open(overlay, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    return Number((await readAt(file, 0, HEADER_BYTES)).readBigUInt64BE(24))
  } finally {
    await file.close()
  }
}

/** Zeros stand for bytes after the end of the file. */
async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes)
  await file.read(buffer, 0, bytes, position)
  return buffer
}

const isQcow = (header: Buffer): boolean => header.readUInt32BE(0) === 0x514649fb

function whyRefused(header: Buffer, trailer: Buffer, size: number): string | undefined {
  if (isQcow(header)) return whyQcowRefused(header)
  const foreign = FOREIGN.find(([, at, mark]) => header.subarray(at, at + mark.length).equals(mark))
  const other = foreign?.[0] ?? (trailer.subarray(0, VHD_MARK.length).equals(VHD_MARK) ? 'VHD' : undefined)
  if (other !== undefined) return `it is in the format ${other}; qcow2 and raw disks can be used`
  return size < SMALLEST_RAW ? `${size} bytes of an unknown disk format` : undefined
}

/** https://www.qemu.org/docs/master/interop/qcow2.html */
const EXTERNAL_DATA_FILE = 1n << 2n

function whyQcowRefused(header: Buffer): string | undefined {
  const version = header.readUInt32BE(4)
  if (version !== 2 && version !== 3) return `it is in version ${version} of qcow; 2 and 3 can be used`
  if (header.readBigUInt64BE(8) !== 0n) return 'it is not complete: it names a backing file'
  if (version === 3 && (header.readBigUInt64BE(72) & EXTERNAL_DATA_FILE) !== 0n) {
    return 'it is not complete: its data is in another file'
  }
  if (header.readUInt32BE(32) !== 0) return 'it is encrypted'
  const bytes = header.readBigUInt64BE(24)
  return bytes === 0n || bytes > BigInt(Number.MAX_SAFE_INTEGER) ? `its size is ${bytes} bytes` : undefined
}

const VHD_MARK = Buffer.from('conectix')

/** Formats that people may take for usable disks, by their first bytes; some name other files. */
const FOREIGN: readonly (readonly [name: string, at: number, mark: Buffer])[] = [
  ['VMDK', 0, Buffer.from('KDMV')],
  ['VMDK', 0, Buffer.from('COWD')],
  ['VMDK', 0, Buffer.from('# Disk DescriptorFile')],
  ['VHD', 0, VHD_MARK],
  ['VHDX', 0, Buffer.from('vhdxfile')],
  ['VDI', 64, Buffer.from([0x7f, 0x10, 0xda, 0xbe])],
  ['QED', 0, Buffer.from('QED\0')],
  ['LUKS', 0, Buffer.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe])],
  ['gzip', 0, Buffer.from([0x1f, 0x8b])],
  ['xz', 0, Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['zstd', 0, Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['bzip2', 0, Buffer.from('BZh')],
]
