import { diskGiB, GIB, RAW, rawDisk, type DiskPacking } from '../packing.js'

/** A raw disk of whole GiB, like volumes; its blocks go into a snapshot unchanged. */
export const awsPacking: DiskPacking = {
  file: RAW,
  contentType: 'application/octet-stream',
  commands: (source) => rawDisk(source, diskGiB(source.virtualBytes) * GIB),
}
