import { beforeEach, describe, expect, test } from '@jest/globals'
import { access, lstat, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { currentProcess } from '../../../backend/process-identity.js'
import { inBuildFolder } from '../../../local-vm/image/build-folder.js'
import { temporaryFolder } from '../../support/cli/support.js'

const modeOf = async (path: string): Promise<string> => ((await lstat(path)).mode & 0o7777).toString(8)
const dead = { ...currentProcess(), startTime: '1' }

let parent: string
beforeEach(() => void (parent = temporaryFolder()))

/** A folder as a driver leaves it; undefined: one that was killed before it could say who it is. */
async function leftBy(driver: object | undefined, ageMs = 3_600_000): Promise<string> {
  const folder = join(parent, 'distrolab-build-abcdef')
  await mkdir(join(folder, 'work', 'mmdebstrap.x'), { recursive: true })
  if (driver !== undefined) await writeFile(join(folder, 'driver.json'), JSON.stringify(driver))
  const then = new Date(Date.now() - ageMs)
  await utimes(folder, then, then)
  return folder
}

const build = (): Promise<void> => inBuildFolder(async () => undefined, parent)
const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

describe('the folder of a build', () => {
  test.each([0o000, 0o077])(
    'is open to the builder, and hidden from everyone else (umask %o)',
    async (umask) => {
      const before = process.umask(umask)
      try {
        await inBuildFolder(async ({ TMPDIR: work = '' }) => {
          expect(dirname(dirname(work))).toBe(parent)
          expect(await modeOf(work)).toBe('1777')
          expect(await modeOf(dirname(work))).toBe('711')
          expect(await modeOf(join(dirname(work), 'driver.json'))).toBe('600')
        }, parent)
      } finally {
        process.umask(before)
      }
      expect(await readdir(parent)).toEqual([])
    },
  )

  test('has another name each time, so that nobody can make it first', async () => {
    const names = new Set<string>()
    for (let n = 0; n < 3; n++) {
      await inBuildFolder(async ({ TMPDIR: work = '' }) => void names.add(basename(dirname(work))), parent)
    }
    expect(names.size).toBe(3)
  })

  test('is removed when the build fails', async () => {
    await expect(inBuildFolder(() => Promise.reject(new Error('no')), parent)).rejects.toThrow('no')
    expect(await readdir(parent)).toEqual([])
  })
})

describe('what another driver has left', () => {
  test('is removed when that driver is dead', async () => {
    const folder = await leftBy(dead)
    await build()
    expect(await isThere(folder)).toBe(false)
  })

  test('stays while that driver lives', async () => {
    const folder = await leftBy(currentProcess())
    await build()
    expect(await isThere(folder)).toBe(true)
  })

  test('is removed if no driver has claimed it for a while', async () => {
    const folder = await leftBy(undefined)
    await build()
    expect(await isThere(folder)).toBe(false)
  })

  test('stays if it is so new that its driver may be about to claim it', async () => {
    const folder = await leftBy(undefined, 0)
    await build()
    expect(await isThere(folder)).toBe(true)
  })

  test('is not followed when it is a link', async () => {
    const documents = join(temporaryFolder(), 'documents')
    await mkdir(documents)
    await writeFile(join(documents, 'driver.json'), JSON.stringify(dead))
    await symlink(documents, join(parent, 'distrolab-build-abcdef'))
    await build()
    expect(await readdir(documents)).toEqual(['driver.json'])
  })
})
