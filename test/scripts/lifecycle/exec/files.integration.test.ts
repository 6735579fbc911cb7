import { execFileSync } from 'node:child_process'
import { mkdir, open, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import type { Sandbox } from '../../../stand-in/sandbox.js'
import { testWithDisk } from '../../../suite/lacking.js'
import { useExecPlace } from '../../../support/labs/exec-place.js'
import { LAB } from '../../../support/labs/stages.js'

jest.setTimeout(60_000)
let box: Sandbox
let home: string
let here: string
useExecPlace((place) => ({ box, home, here } = place))

const MIB = 1024 ** 2
const CHANGED = 1_000_000_000

async function makeSparse(path: string): Promise<void> {
  const file = await open(path, 'w')
  await file.write('begin', 0)
  await file.write('end', 64 * MIB)
  await file.close()
  await utimes(path, CHANGED, CHANGED)
}

test('a sparse file is one on the machine and when it is back, with its time', async () => {
  await makeSparse(join(here, 'disk'))
  const files = ['--copy', `${join(here, 'disk')}:disk`, '--fetch', `disk:${join(here, 'back')}`]
  expect(await box.run(['exec', LAB, ...files, '--', 'true'])).toMatchObject({ code: 0, stderr: '' })
  for (const path of [join(home, 'disk'), join(here, 'back')]) {
    const { size, blocks, mtimeMs } = await stat(path)
    expect([size, mtimeMs]).toEqual([64 * MIB + 3, CHANGED * 1000])
    expect(blocks * 512).toBeLessThan(MIB)
    expect(execFileSync('cmp', [join(here, 'disk'), path]).length).toBe(0)
  }
})

test('many files are copied and fetched without a word', async () => {
  await mkdir(join(here, 'many'))
  for (let at = 0; at < 30; at++) await writeFile(join(here, 'many', `${at}`), `${at}`)
  const files = ['--copy', `${join(here, 'many')}:many`, '--fetch', `many:${join(here, 'again')}`]
  const run = await box.run(['exec', LAB, ...files, '--', 'cat many/29'])
  expect(run).toMatchObject({ code: 0, stdout: '29', stderr: '' })
  expect((await stat(join(here, 'again', '29'))).size).toBe(2)
})

test('what says that it is empty, as in /proc, is fetched whole', async () => {
  const fetch = ['--fetch', `/proc/self/status:${join(here, 'status')}`]
  expect((await box.run(['exec', LAB, ...fetch, '--', 'true'])).code).toBe(0)
  expect((await stat(join(here, 'status'))).size).toBeGreaterThan(100)
})

test('a name that is not UTF-8 is named, and the command fails', async () => {
  await mkdir(join(here, 'tree'))
  await writeFile(Buffer.concat([Buffer.from(join(here, 'tree', 'caf')), Buffer.from([0xe9])]), 'x')
  const copy = await box.run(['exec', LAB, '--copy', `${join(here, 'tree')}:tree`, '--', 'true'])
  expect(copy.code).toBe(1)
  expect(copy.stderr).toContain('tree/caf\\xe9 is not UTF-8')
  const script = 'mkdir bytes && touch "bytes/$(printf \'caf\\351\')"'
  const fetch = await box.run(['exec', LAB, '--fetch', `bytes:${join(here, 'bytes')}`, '--', script])
  expect(fetch.code).toBe(1)
  expect(fetch.stderr).toContain('bytes/caf\uFFFD is not UTF-8')
})

testWithDisk('a full disk of the machine is called that, with the path there', async () => {
  const small = join(home, 'small')
  await mkdir(small)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', small])
  try {
    await writeFile(join(here, 'large'), Buffer.alloc(4 * MIB, 'x'))
    const copy = await box.run(['exec', LAB, '--copy', `${join(here, 'large')}:small/large`, '--', 'true'])
    expect(copy.code).toBe(1)
    expect(copy.stderr).toContain(':small/large')
    expect(copy.stderr).toContain('the disk of the machine is full at small')
  } finally {
    execFileSync('umount', ['--lazy', small])
  }
})
