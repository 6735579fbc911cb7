import { beforeAll, describe, expect, test } from '@jest/globals'
import { loadCatalog } from '../../distro-catalog/load.js'
import type { Provider } from '../../distro-catalog/provider.js'
import { resolveProvider } from '../../distro-catalog/resolve.js'
import { resolveSize } from '../../distro-catalog/size.js'

let local: Provider
beforeAll(async () => {
  local = resolveProvider(await loadCatalog(), 'local')
})

describe('resolveSize on local', () => {
  test.each([
    [undefined, { instanceType: '2x2048', vcpus: 2, memoryMiB: 2048, diskGiB: 10 }],
    ['small', { instanceType: '1x1024', vcpus: 1, memoryMiB: 1024, diskGiB: 8 }],
    ['lab', { instanceType: '2x2048', vcpus: 2, memoryMiB: 2048, diskGiB: 10 }],
    ['large', { instanceType: '4x8192', vcpus: 4, memoryMiB: 8192, diskGiB: 20 }],
  ])('size %s is the catalog’s', (size, expected) => {
    expect(resolveSize(local, { size })).toEqual(expected)
  })

  test('an instance type replaces CPUs and memory and keeps the size’s disk', () => {
    const expected = { instanceType: '4x8192', vcpus: 4, memoryMiB: 8192 }
    expect(resolveSize(local, { instanceType: '4x8192' })).toEqual({ ...expected, diskGiB: 10 })
    expect(resolveSize(local, { size: 'large', instanceType: '4x8192' })).toEqual({
      ...expected,
      diskGiB: 20,
    })
  })

  test('the disk is never smaller than the image', () => {
    expect(resolveSize(local, { size: 'small', minimumDiskGiB: 12 }).diskGiB).toBe(12)
    expect(resolveSize(local, { size: 'small', minimumDiskGiB: 3 }).diskGiB).toBe(8)
  })

  test.each(['huge', '', 'constructor'])('size %j is refused with the known sizes', (size) => {
    expect(() => resolveSize(local, { size })).toThrow(
      expect.objectContaining({
        fault: { code: 'size-unknown', given: size, known: ['small', 'lab', 'large'] },
      }),
    )
  })

  test.each([
    '',
    '4',
    '4x',
    'x8192',
    '4×8192',
    '4x8G',
    '0x2048',
    '129x2048',
    '2x511',
    '2x1048577',
    '1.5x2048',
    '-2x2048',
  ])('instance type %j is refused with the pattern and the bounds', (given) => {
    const expected = '<vcpus>x<memoryMiB> such as 4x8192, with 1 to 128 vCPUs and 512 to 1048576 MiB'
    expect(() => resolveSize(local, { instanceType: given })).toThrow(
      expect.objectContaining({ fault: { code: 'instance-type-invalid', given, expected } }),
    )
  })
})

describe('resolveSize on a cloud', () => {
  let aws: Provider
  beforeAll(async () => {
    aws = resolveProvider(await loadCatalog(), 'aws')
  })

  test('is the type of the size and architecture', () => {
    const lab = { instanceType: 't3.medium', vcpus: 2, memoryMiB: 4096, diskGiB: 20 }
    expect(resolveSize(aws)).toEqual(lab)
    expect(resolveSize(aws, { architecture: 'arm64' })).toEqual({ ...lab, instanceType: 't4g.medium' })
    expect(resolveSize(aws, { minimumDiskGiB: 33 }).diskGiB).toBe(33)
  })

  test('an instance type replaces the size’s and brings its architecture', () => {
    const expected = { instanceType: 't4g.large', vcpus: 2, memoryMiB: 8192, diskGiB: 10 }
    expect(resolveSize(aws, { size: 'small', instanceType: 't4g.large' })).toEqual(expected)
  })

  test.each([
    [{ instanceType: 't3.mediun' }, 't3.mediun', expect.stringContaining('t3.medium')],
    [{ instanceType: 'constructor' }, 'constructor', expect.stringContaining('one of t3.small')],
    [
      { instanceType: 't3.large', architecture: 'arm64' as const },
      't3.large',
      'a type of arm64 (t3.large is x86_64)',
    ],
  ])('%j is refused with what there is', (choice, given, expected) => {
    expect(() => resolveSize(aws, choice)).toThrow(
      expect.objectContaining({ fault: { code: 'instance-type-invalid', given, expected } }),
    )
  })
})
