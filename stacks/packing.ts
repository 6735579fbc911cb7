/** A disk before it is packed. */
export interface SourceDisk {
  /** Absolute path. */
  readonly disk: string
  /** The format, as qemu-img names it. */
  readonly format: 'qcow2' | 'raw'
  readonly virtualBytes: number
}

/** How a disk is converted to the form that a provider accepts. Pure. */
export interface DiskPacking {
  /** The file that the commands leave in their working folder. */
  readonly file: string
  readonly contentType: string
  /** The programs and their arguments, in order. They run in their own folder. */
  commands(source: SourceDisk): readonly Command[]
}

type Command = readonly [program: string, ...args: string[]]

export const MIB = 1024 ** 2
export const GIB = 1024 ** 3

/** The size of a machine's disk that can hold another disk: whole GiB, at least one. */
export const diskGiB = (virtualBytes: number): number => Math.max(1, Math.ceil(virtualBytes / GIB))

export const RAW = 'disk.raw'

/** The command that makes a raw disk of exactly this size from it. */
export const rawDisk = ({ disk, format }: SourceDisk, bytes: number): readonly Command[] => [
  ['qemu-img', 'convert', '-f', format, '-O', 'raw', disk, RAW],
  ['qemu-img', 'resize', '-q', '-f', 'raw', RAW, String(bytes)],
]
