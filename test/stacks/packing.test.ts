import { expect, test } from '@jest/globals'
import { awsPacking } from '../../stacks/aws/packing.js'
import { azurePacking } from '../../stacks/azure/packing.js'
import { googlePacking } from '../../stacks/google/packing.js'
import { diskGiB, GIB, MIB, type DiskPacking } from '../../stacks/packing.js'

test.each([
  [1, 1],
  [GIB, 1],
  [GIB + 512, 2],
  [5 * GIB, 5],
])('all of %d bytes fits a disk of %d GiB', (virtualBytes, gib) => {
  expect(diskGiB(virtualBytes)).toBe(gib)
})

const sizeOf = (packing: DiskPacking, virtualBytes: number): number =>
  Number(packing.commands({ disk: '/d.qcow2', format: 'qcow2', virtualBytes })[1]?.at(-1))

test.each([
  ['AWS', awsPacking],
  ['Google', googlePacking],
])('%s gets disks of whole GiB', (_cloud, packing) => {
  const sizes = [1, GIB, GIB + 512, 5 * GIB].map((bytes) => sizeOf(packing, bytes))
  expect(sizes).toEqual([GIB, GIB, 2 * GIB, 5 * GIB])
})

test('Azure gets disks of whole MiB', () => {
  const sizes = [1, MIB + 1, 2 * GIB, 2 * GIB + 512].map((bytes) => sizeOf(azurePacking, bytes))
  expect(sizes).toEqual([MIB, 2 * MIB, 2 * GIB, 2 * GIB + MIB])
})
