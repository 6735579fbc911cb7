import { expect, jest, test } from '@jest/globals'
import { chmod, lstat, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'

jest.setTimeout(120_000)
const sandbox = useSandboxes()

/** Everything below the home that another user could read or write, with its mode. */
async function openIn(box: Sandbox): Promise<string[]> {
  const entries = await readdir(box.home, { recursive: true, withFileTypes: true })
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  const found = await Promise.all(
    [box.home, ...paths].map(async (path) => ({ path, ...(await lstat(path)) })),
  )
  return found
    .filter((entry) => !isLink(entry.mode) && (entry.mode & 0o077) !== 0)
    .map(({ path, mode }) => `${(mode & 0o7777).toString(8)} ${path.slice(box.home.length)}`)
}

/** A guard is a link, whose mode means nothing. */
const isLink = (mode: number): boolean => (mode & 0o170000) === 0o120000

async function underUmask<T>(umask: number, action: () => Promise<T>): Promise<T> {
  const before = process.umask(umask)
  try {
    return await action()
  } finally {
    process.umask(before)
  }
}

test.each([0o000, 0o077])("a lab's state is the user's alone, whatever the umask (%o)", async (umask) => {
  const box = await sandbox()
  const { code, stderr } = await underUmask(umask, () =>
    box.run(['up', '--profile', 'debian-13-local', '--name', 'web']),
  )
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  expect(await openIn(box)).toEqual([])
  expect(await box.files('labs')).toContain('labs/web/tofu.tfstate')
  expect((await underUmask(umask, () => box.run(['reset', 'web']))).code).toBe(0)
  expect(await openIn(box)).toEqual([])
  expect((await underUmask(umask, () => box.run(['down', 'web']))).code).toBe(0)
  expect(await box.files('machines')).toEqual([])
})

test('folders that were open are closed by the next command, which says so', async () => {
  const box = await sandbox()
  await mkdir(join(box.home, 'labs'), { recursive: true })
  for (const folder of [box.home, join(box.home, 'labs')]) await chmod(folder, 0o775)
  const { stderr } = await box.run(['list'])
  expect(stderr).toContain(`Other users of this computer could open ${box.home}; that is no longer possible.`)
  expect(await openIn(box)).toEqual([])
})
