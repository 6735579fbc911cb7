import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { appendFile, mkdir, mkdtemp, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layerFiles, warmCacheFiles } from '../../../local-vm/warm/layer-files.js'
import {
  adoptLayer,
  discardLayer,
  findLayer,
  keepWithin,
  listLayers,
  sizeOf,
} from '../../../local-vm/warm/layer.js'

const FACTS = {
  distro: 'debian-13',
  imageId: 'sha256:aa',
  firmware: 'kernel',
  vcpus: 2,
  memoryMiB: 2048,
  diskGiB: 10,
  hasNetwork: false,
} as const
const key = (digit: string): string => digit.repeat(32)

describe('warm images on this computer', () => {
  let cache = ''
  const filesOf = (name: string) => layerFiles(warmCacheFiles(cache).layerOf(name))

  const make = async (name: string, bytes = 10): Promise<void> => {
    const { work } = warmCacheFiles(cache)
    const files = layerFiles(work)
    await mkdir(work, { recursive: true })
    for (const file of [files.disk, files.memory, files.devices])
      await writeFile(file, Buffer.alloc(bytes, 1))
    await adoptLayer(cache, name, work, FACTS)
  }

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'distrolab-warm-'))
  })

  afterEach(() => rm(cache, { recursive: true, force: true }))

  test('one that was stored is found, with what it is of', async () => {
    await make(key('a'))
    expect(await findLayer(cache, key('a'))).toEqual({ key: key('a'), files: filesOf(key('a')), ...FACTS })
    expect(await findLayer(cache, key('b'))).toBeUndefined()
  })

  test.each<[string, (files: ReturnType<typeof layerFiles>) => Promise<unknown>]>([
    ['whose memory was cut short', ({ memory }) => truncate(memory, 3)],
    ['whose memory is empty', ({ memory }) => truncate(memory, 0)],
    ['whose disk was written to', ({ disk }) => appendFile(disk, 'x')],
    ['whose devices are missing', ({ devices }) => rm(devices)],
    [
      'whose memory is another file',
      async ({ memory }) => {
        await rm(memory)
        await writeFile(memory, Buffer.alloc(10, 1))
      },
    ],
    ['without a description', ({ meta }) => rm(meta)],
    ['with half a description', ({ meta }) => truncate(meta, 40)],
    ['with the description of something else', ({ meta }) => writeFile(meta, '{"distro":"../x"}')],
  ])('one %s is not used', async (_what, damage) => {
    await make(key('a'))
    await damage(filesOf(key('a')))
    expect(await findLayer(cache, key('a'))).toBe('changed')
    expect(await listLayers(cache)).toEqual([])
  })

  test('a half-made one is none', async () => {
    const { work } = warmCacheFiles(cache)
    await mkdir(work, { recursive: true })
    await writeFile(layerFiles(work).memory, 'x')
    expect(await listLayers(cache)).toEqual([])
  })

  test('discarding removes one and nothing else, and no path', async () => {
    await make(key('a'))
    await make(key('b'))
    await discardLayer(cache, key('a'))
    await discardLayer(cache, '../warm')
    expect((await listLayers(cache)).map((layer) => layer.key)).toEqual([key('b')])
  })

  test('those that were not used for the longest time go first, and never the new one', async () => {
    for (const digit of ['a', 'b', 'c']) await make(key(digit), 40_000)
    for (const [index, digit] of ['b', 'a', 'c'].entries())
      await utimes(filesOf(key(digit)).meta, index + 1, index + 1)
    for (const digit of ['a', 'b', 'c'])
      for (const file of ['disk', 'memory', 'devices'] as const)
        expect(filesOf(key(digit))[file]).toContain(key(digit))
    const { bytes } = await sizeOf(filesOf(key('a')).directory)
    await keepWithin(cache, 2 * bytes, key('c'))
    expect((await readdir(warmCacheFiles(cache).warm)).filter((name) => name.length === 32)).toHaveLength(2)
    await keepWithin(cache, 1, key('c'))
    expect((await listLayers(cache)).map((layer) => layer.key)).toEqual([key('c')])
  })
})
