import type { DiskPacking } from '../imported-image.js'

const GIB = 1024 ** 3

/** AWS has volumes of whole GiB only. */
const gibOf = (virtualBytes: number): number => Math.max(1, Math.ceil(virtualBytes / GIB))

/** A raw disk, of which the blocks go into a snapshot as they are. */
export const awsPacking: DiskPacking = {
  file: 'disk.raw',
  contentType: 'application/octet-stream',
  diskGiB: gibOf,
  commands: ({ disk, format, virtualBytes }) => [
    ['qemu-img', 'convert', '-f', format, '-O', 'raw', disk, 'disk.raw'],
    ['qemu-img', 'resize', '-q', '-f', 'raw', 'disk.raw', String(gibOf(virtualBytes) * GIB)],
  ],
}
