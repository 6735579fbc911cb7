import { diskGiB, GIB, RAW, rawDisk, type DiskPacking } from '../packing.js'

const ARCHIVE = [
  ...['--format=oldgnu', '--sparse', '--owner=0', '--group=0', '--numeric-owner'],
  ...['--create', '--gzip'],
]

/**
 * A raw disk with exactly this name and whole GiB, in exactly this kind of compressed archive
 * (https://cloud.google.com/compute/docs/import/import-existing-image).
 */
export const googlePacking: DiskPacking = {
  file: 'disk.tar.gz',
  contentType: 'application/gzip',
  commands: (source) => [
    ...rawDisk(source, diskGiB(source.virtualBytes) * GIB),
    ['tar', ...ARCHIVE, '--file=disk.tar.gz', RAW],
  ],
}
