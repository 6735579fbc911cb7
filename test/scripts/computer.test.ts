import { cp, mkdtemp, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { ensureComputerId, findComputerId } from '../../scripts/computer.js'

const newHome = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'computer-')), 'home')

test('a state folder without machines of its own is no computer yet, then always the same one', async () => {
  const home = await newHome()
  expect(findComputerId(home)).toBeUndefined()
  const id = ensureComputerId(home)
  expect(id).toMatch(/^[0-9a-f]{16}$/)
  expect([ensureComputerId(home), findComputerId(home)]).toEqual([id, id])
  expect((await stat(join(home, 'computer-id'))).mode & 0o777).toBe(0o600)
})

test('two state folders are two, though everything else of their computers is the same', async () => {
  expect(ensureComputerId(await newHome())).not.toBe(ensureComputerId(await newHome()))
})

test('a state folder that was moved stays the same computer', async () => {
  const home = await newHome()
  const id = ensureComputerId(home)
  await rename(home, `${home}-moved`)
  expect(findComputerId(`${home}-moved`)).toBe(id)
  await cp(`${home}-moved`, home, { recursive: true })
  expect(findComputerId(home)).toBe(id)
})

test('the id does not give away what it is made of', async () => {
  const home = await newHome()
  const id = ensureComputerId(home)
  const secret = (await readFile(join(home, 'computer-id'), 'utf8')).trim()
  expect(secret).not.toContain(id)
})

test('a file that is none of ours is told, not replaced', async () => {
  const home = await mkdtemp(join(tmpdir(), 'computer-'))
  await writeFile(join(home, 'computer-id'), 'mine\n')
  expect(findComputerId(home)).toBeUndefined()
  expect(() => ensureComputerId(home)).toThrow('folder-unwritable')
  expect(await readFile(join(home, 'computer-id'), 'utf8')).toBe('mine\n')
})
