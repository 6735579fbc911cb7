/** A disk before it is packed. */
export interface SourceDisk {
  /** Absolute path. */
  readonly disk: string
  /** As qemu-img calls it. */
  readonly format: 'qcow2' | 'raw'
  readonly virtualBytes: number
}

/** The form in which a provider takes a disk. Pure. */
export interface DiskPacking {
  /** What the commands leave in their working folder. */
  readonly file: string
  readonly contentType: string
  /** Program and arguments of each, in their order; they run in a folder of their own. */
  commands(source: SourceDisk): readonly Command[]
}

type Command = readonly [program: string, ...args: string[]]

export const MIB = 1024 ** 2
export const GIB = 1024 ** 3

/** The size of a machine's disk that holds all of another: whole GiB, at least one. */
export const diskGiB = (virtualBytes: number): number => Math.max(1, Math.ceil(virtualBytes / GIB))

export const RAW = 'disk.raw'

/** Makes a raw disk of just this size of it. */
export const rawDisk = ({ disk, format }: SourceDisk, bytes: number): readonly Command[] => [
  ['qemu-img', 'convert', '-f', format, '-O', 'raw', disk, RAW],
  ['qemu-img', 'resize', '-q', '-f', 'raw', RAW, String(bytes)],
]
