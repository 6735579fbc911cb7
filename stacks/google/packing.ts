import type { DiskPacking } from '../imported-image.js'

const GIB = 1024 ** 3

/** Google takes whole GiB only. */
const gibOf = (virtualBytes: number): number => Math.max(1, Math.ceil(virtualBytes / GIB))

const ARCHIVE = [
  ...['--format=oldgnu', '--sparse', '--owner=0', '--group=0', '--numeric-owner'],
  ...['--create', '--gzip'],
]

/** A raw disk of just this name, in a compressed archive of just this kind (https://cloud.google.com/compute/docs/import/import-existing-image). */
export const googlePacking: DiskPacking = {
  file: 'disk.tar.gz',
  contentType: 'application/gzip',
  diskGiB: gibOf,
  commands: ({ disk, format, virtualBytes }) => [
    ['qemu-img', 'convert', '-f', format, '-O', 'raw', disk, 'disk.raw'],
    ['qemu-img', 'resize', '-q', '-f', 'raw', 'disk.raw', String(gibOf(virtualBytes) * GIB)],
    ['tar', ...ARCHIVE, '--file=disk.tar.gz', 'disk.raw'],
  ],
}
