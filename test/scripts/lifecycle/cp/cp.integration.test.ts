import { lstat, mkdir, open, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import type { Sandbox } from '../../../stand-in/sandbox.js'
import { hidden, useExecPlace } from '../../../support/labs/exec-place.js'
import { holdLease, LAB } from '../../../support/labs/stages.js'

jest.setTimeout(60_000)
let box: Sandbox
let home: string
let here: string
useExecPlace((place) => ({ box, home, here } = place))

test('a tree goes to the machine and back, without what --exclude names', async () => {
  const from = join(here, 'src')
  await mkdir(join(from, 'sub'), { recursive: true })
  await writeFile(join(from, 'run.sh'), 'run', { mode: 0o750 })
  await writeFile(join(from, 'sub', 'a.o'), 'object')
  await symlink('run.sh', join(from, 'link'))
  const sparse = await open(join(from, 'sub', 'disk'), 'w')
  await sparse.write('end', 8 * 1024 ** 2)
  await sparse.close()
  const there = await box.run(['cp', '--exclude', '*.o', from, `${LAB}:tree`])
  expect(there).toMatchObject({ code: 0, stdout: `Copied 3 files: ${from} -> ${LAB}/main:tree\n` })
  expect(await readdir(join(home, 'tree', 'sub'))).toEqual(['disk'])
  const back = await box.run(['cp', `${LAB}:tree`, join(here, 'back'), '-o', 'json'])
  expect(back.json()).toMatchObject({ lab: LAB, machine: 'main', direction: 'from-lab', files: 3 })
  expect((await stat(join(here, 'back', 'run.sh'))).mode & 0o777).toBe(0o750)
  expect(await readlink(join(here, 'back', 'link'))).toBe('run.sh')
  const { size, blocks } = await stat(join(here, 'back', 'sub', 'disk'))
  expect(size).toBe(8 * 1024 ** 2 + 3)
  expect(blocks * 512).toBeLessThan(1024 ** 2)
  expect(await box.state(LAB)).toBe('ready')
})

test('copying from a lab needs no lease, copying to one does, and exec --local lends it', async () => {
  await writeFile(join(home, 'log'), 'lines')
  await writeFile(join(here, 'new'), 'new')
  const lease = await holdLease(box)
  try {
    expect((await box.run(['cp', `${LAB}:log`, here])).code).toBe(0)
    expect(await readFile(join(here, 'log'), 'utf8')).toBe('lines')
    expect((await box.run(['cp', '--wait-lock', '0', join(here, 'new'), `${LAB}:new`])).code).toBe(4)
  } finally {
    await lease.release()
  }
})

test('a link that the machine planted is not followed out of the target', async () => {
  await mkdir(join(here, 'outside'))
  await mkdir(join(here, 'target'))
  await symlink(join(here, 'outside'), join(here, 'target', 'sub'))
  await mkdir(join(home, 'tree2', 'sub'), { recursive: true })
  await writeFile(join(home, 'tree2', 'sub', 'file'), 'x')
  const run = await box.run(['cp', `${LAB}:tree2`, join(here, 'target')])
  expect(run.code).toBe(1)
  expect(await readdir(join(here, 'outside'))).toEqual([])
  expect((await lstat(join(here, 'target', 'sub'))).isSymbolicLink()).toBe(true)
})

test('a missing source is named, on either side', async () => {
  const there = await box.run(['cp', `${LAB}:no/such`, here])
  expect(there).toMatchObject({ code: 1, stderr: expect.stringContaining(`cp: no/such does not exist on`) })
  const missing = await box.run(['cp', join(here, 'none'), `${LAB}:none`])
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('cp: expected a file or folder') })
})

test('an interrupted copy says what is complete, and leaves no unfinished file', async () => {
  await mkdir(join(here, 'large'))
  for (let at = 0; at < 4; at++)
    await writeFile(join(here, 'large', `${at}`), Buffer.alloc(96 * 1024 ** 2, 'x'))
  const cli = box.start(['cp', join(here, 'large'), `${LAB}:large`])
  for (
    let tries = 0;
    tries < 1_000 && (await readdir(join(home, 'large')).catch(() => [])).length === 0;
    tries++
  )
    await new Promise((resolve) => setTimeout(resolve, 10))
  cli.signal('SIGINT')
  const { code, stderr } = await cli.done
  expect(code).toBe(130)
  expect(stderr).toMatch(/cp: \d files? w\w+ already complete at large; the unfinished ones were removed/)
  expect(await hidden(join(home, 'large'))).toEqual([])
  expect(await box.state(LAB)).toBe('ready')
})
