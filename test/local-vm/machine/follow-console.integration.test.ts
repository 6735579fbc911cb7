import { appendFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { followConsole } from '../../../local-vm/machine/follow-console.js'

let folder: string
let log: string
let over: AbortController
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'console-'))
  log = join(folder, 'console.log')
  over = new AbortController()
})
afterEach(() => rm(folder, { recursive: true }))

const follow = (): (() => Promise<string>) => {
  const found = followConsole(folder, over.signal)
  return async () => String((await found.next()).value)
}

test('the last lines come first, then each thing that is written, until it is over', async () => {
  const lines = Array.from({ length: 100 }, (_, at) => `line ${at}\n`)
  await writeFile(log, `${lines.join('')}login: `)
  const next = follow()
  expect(await next()).toBe(`${lines.slice(-39).join('')}login: `)
  await appendFile(log, 'root\n')
  expect(await next()).toBe('root\n')
  const last = next()
  over.abort()
  expect(await last).toBe('undefined')
})

test('a machine that is made again is followed from its first line, and one that is gone is told', async () => {
  await writeFile(log, 'old\n')
  const next = follow()
  expect(await next()).toBe('old\n')
  await rm(log)
  expect(await next()).toBe('absent')
  await writeFile(log, 'new\n')
  expect(await next()).toBe('new\n')
  await writeFile(log, 'n\n')
  expect(await next()).toBe('n\n')
})

test('a link in its place is not followed', async () => {
  await writeFile(join(folder, 'other'), 'secret\n')
  await symlink('other', log)
  expect(await follow()()).toBe('absent')
})
