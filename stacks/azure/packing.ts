import type { DiskPacking } from '../imported-image.js'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

/** Azure takes whole MiB only. */
const wholeMib = (virtualBytes: number): number => Math.ceil(virtualBytes / MIB) * MIB

/**
 * A VHD of fixed size (https://learn.microsoft.com/azure/virtual-machines/linux/create-upload-generic). Without `force_size`
 * qemu-img says the size in cylinders, which are no whole MiB.
 */
export const azurePacking: DiskPacking = {
  file: 'disk.vhd',
  contentType: 'application/octet-stream',
  diskGiB: (virtualBytes) => Math.max(1, Math.ceil(virtualBytes / GIB)),
  commands: ({ disk, format, virtualBytes }) => [
    ['qemu-img', 'convert', '-f', format, '-O', 'raw', disk, 'disk.raw'],
    ['qemu-img', 'resize', '-q', '-f', 'raw', 'disk.raw', String(wholeMib(virtualBytes))],
    [
      ...(['qemu-img', 'convert', '-f', 'raw', '-O', 'vpc'] as const),
      ...['-o', 'subformat=fixed,force_size=on', 'disk.raw', 'disk.vhd'],
    ],
  ],
}
