import { expect, test } from '@jest/globals'
import { chmod, lstat, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keepPrivate } from '../../scripts/private-home.js'
import { temporaryFolder } from '../support/cli/support.js'

const modeOf = async (path: string): Promise<string> => ((await lstat(path)).mode & 0o7777).toString(8)

async function folderOf(mode: number, ...parts: string[]): Promise<string> {
  const path = join(...parts)
  await mkdir(path)
  await chmod(path, mode)
  return path
}

test('a state folder that was open to others is closed, with the folders in it', async () => {
  const home = await folderOf(0o777, temporaryFolder(), 'distrolab')
  const labs = await folderOf(0o775, home, 'labs')
  const keys = await folderOf(0o700, home, 'keys')
  expect((await keepPrivate(home)).sort()).toEqual([home, labs])
  expect(await Promise.all([home, labs, keys].map(modeOf))).toEqual(['700', '700', '700'])
  expect(await keepPrivate(home)).toEqual([])
})

test('one that its owner made read-only stays so', async () => {
  const home = await folderOf(0o755, temporaryFolder(), 'distrolab')
  await mkdir(join(home, 'labs'), { mode: 0o700 })
  await chmod(home, 0o555)
  expect(await keepPrivate(home)).toEqual([home])
  expect(await modeOf(home)).toBe('500')
})

test('a folder that holds other things, or that users share, keeps its own mode', async () => {
  const home = await folderOf(0o755, temporaryFolder(), 'distrolab')
  await writeFile(join(home, 'holiday.jpg'), '')
  const labs = await folderOf(0o755, home, 'labs')
  expect(await keepPrivate(home)).toEqual([labs])
  expect(await Promise.all([home, labs].map(modeOf))).toEqual(['755', '700'])

  const shared = await folderOf(0o1777, temporaryFolder(), 'tmp')
  await mkdir(join(shared, 'labs'), { mode: 0o700 })
  expect(await keepPrivate(shared)).toEqual([])
  expect(await modeOf(shared)).toBe('1777')
})

test('what a link leads to is left alone', async () => {
  const elsewhere = await folderOf(0o755, temporaryFolder(), 'elsewhere')
  const home = await folderOf(0o700, temporaryFolder(), 'distrolab')
  await symlink(elsewhere, join(home, 'labs'))
  expect(await keepPrivate(home)).toEqual([])
  expect(await modeOf(elsewhere)).toBe('755')
})

test('a state folder that is not there yet is nothing to close', async () => {
  expect(await keepPrivate(join(temporaryFolder(), 'absent'))).toEqual([])
})
