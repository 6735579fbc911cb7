import { diskGiB, GIB, RAW, rawDisk, type DiskPacking } from '../packing.js'

/** A raw disk of whole GiB, as volumes are, of which the blocks go into a snapshot as they are. */
export const awsPacking: DiskPacking = {
  file: RAW,
  contentType: 'application/octet-stream',
  commands: (source) => rawDisk(source, diskGiB(source.virtualBytes) * GIB),
}
