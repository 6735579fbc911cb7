import { beforeEach, expect, test } from '@jest/globals'
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { imageFiles } from '../../../local-vm/files.js'
import { ImageCache } from '../../../local-vm/image/cache.js'
import { areAsStored, digestsOf } from '../../../local-vm/image/verified.js'
import { temporaryFolder } from '../../support/cli/support.js'

const ID = `sha256:${'a'.repeat(64)}`
const source = { distro: 'debian-13', architecture: 'x86_64' } as const

let cache: string
beforeEach(() => void (cache = temporaryFolder()))

async function stored(): Promise<ReturnType<typeof imageFiles>> {
  const work = imageFiles(join(cache, 'work'))
  await mkdir(work.directory, { recursive: true })
  for (const file of [work.disk, work.kernel, work.initrd]) await writeFile(file, 'as it was')
  await mkdir(join(cache, 'images'))
  const image = { id: ID, kind: 'built', source: 'here', firmware: 'kernel' } as const
  const { directory } = await new ImageCache(cache, source).adopt(work.directory, image, {})
  return imageFiles(directory)
}

const changed: string[] = []
const find = (id = ID) => new ImageCache(cache, source, async (found) => void changed.push(found)).find(id)

test('a stored image is found again, and without its digests being computed again', async () => {
  const files = await stored()
  const then = new Date(0)
  await utimes(files.disk, then, then)
  expect(await find()).toMatchObject({ id: ID, cached: true })
  // The same size and time in the same file: only its digest could tell.
  await writeFile(files.disk, 'AS IT WAS')
  await utimes(files.disk, then, then)
  expect(await find()).toBeDefined()
})

test.each(['disk', 'kernel', 'initrd'] as const)(
  'one whose %s has changed is not found, and that is said',
  async (part) => {
    const files = await stored()
    changed.length = 0
    await writeFile(files[part], 'AS IT WAS, and longer')
    expect(await find()).toBeUndefined()
    expect(changed).toEqual([ID])
  },
)

test('one that was put in place of another under the same name, size and time is not trusted by its name', async () => {
  const files = await stored()
  const { mtime, atime } = await stat(files.disk)
  await writeFile(`${files.disk}.new`, 'AS IT WAS')
  await utimes(`${files.disk}.new`, atime, mtime)
  await rename(`${files.disk}.new`, files.disk)
  expect(await find()).toBeUndefined()
})

test('one that was only touched is verified once more and trusted from then on', async () => {
  const files = await stored()
  const before = await readFile(files.verified, 'utf8')
  await utimes(files.disk, new Date(), new Date(0))
  expect(await find()).toBeDefined()
  expect(await readFile(files.verified, 'utf8')).not.toBe(before)
  await rm(files.verified)
  expect(await find()).toBeDefined()
})

test('a file without a digest on record is not trusted', async () => {
  const files = await stored()
  const digests = await digestsOf(files, 'bios', {})
  expect(await areAsStored(files, 'bios', digests)).toBe(true)
  expect(await areAsStored(files, 'kernel', digests)).toBe(false)
  expect(await areAsStored(files, 'bios', { 'disk.qcow2': 'md5:00' })).toBe(false)
})

test('what is no digest is no name of a folder either', async () => {
  await stored()
  expect(await find(`../images/${ID.replace(':', '-')}`)).toBeUndefined()
})
