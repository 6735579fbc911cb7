import { MIB, RAW, rawDisk, type DiskPacking } from '../packing.js'

/**
 * A VHD of fixed size in whole MiB
 * (https://learn.microsoft.com/azure/virtual-machines/linux/create-upload-generic). Without `force_size`
 * qemu-img gives the size in cylinders, which are not whole MiB.
 */
export const azurePacking: DiskPacking = {
  file: 'disk.vhd',
  contentType: 'application/octet-stream',
  commands: (source) => [
    ...rawDisk(source, Math.ceil(source.virtualBytes / MIB) * MIB),
    [
      ...(['qemu-img', 'convert', '-f', 'raw', '-O', 'vpc'] as const),
      ...['-o', 'subformat=fixed,force_size=on', RAW, 'disk.vhd'],
    ],
  ],
}
