import { existsSync } from 'node:fs'
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import type { Sandbox } from '../../../stand-in/sandbox.js'
import { hidden, useExecPlace } from '../../../support/labs/exec-place.js'
import { LAB } from '../../../support/labs/stages.js'

jest.setTimeout(60_000)
let box: Sandbox
let home: string
let here: string
useExecPlace((place) => ({ box, home, here } = place))

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777
const text = (path: string): Promise<string> => readFile(path, 'utf8')

async function writeMode(path: string, content: string, mode: number): Promise<void> {
  await writeFile(path, content)
  await chmod(path, mode)
}

/** A folder with a private file, a program, an empty folder that nobody may write to, and a link. */
async function makeTree(root: string): Promise<void> {
  await mkdir(join(root, 'sub', 'empty'), { recursive: true })
  await writeMode(join(root, 'private'), 'secret', 0o600)
  await writeMode(join(root, 'sub', 'run me'), '#!/bin/sh\necho ran\n', 0o755)
  await writeFile(join(root, 'nothing'), '')
  await symlink('sub/run me', join(root, 'link'))
  await chmod(join(root, 'sub', 'empty'), 0o555)
}

async function expectTree(root: string): Promise<void> {
  expect((await readdir(root, { recursive: true })).sort()).toEqual(
    ['link', 'nothing', 'private', 'sub', 'sub/empty', 'sub/run me'].sort(),
  )
  expect(await text(join(root, 'private'))).toBe('secret')
  expect(await modeOf(join(root, 'private'))).toBe(0o600)
  expect(await modeOf(join(root, 'sub', 'run me'))).toBe(0o755)
  expect(await modeOf(join(root, 'sub', 'empty'))).toBe(0o555)
  expect(await readlink(join(root, 'link'))).toBe('sub/run me')
}

describe('exec --copy', () => {
  test('copies a folder with modes and links before the command, which finds it in its home', async () => {
    await makeTree(join(here, 'tree'))
    const copy = ['--copy', `${join(here, 'tree')}:new/deep/tree`]
    const run = await box.run(['exec', LAB, ...copy, '--', './new/deep/tree/link'])
    expect(run).toMatchObject({ code: 0, stdout: 'ran\n', stderr: '' })
    await expectTree(join(home, 'new', 'deep', 'tree'))
  })

  test('several, in order; into a folder a file keeps its name; what was there is replaced', async () => {
    await writeMode(join(here, 'a'), 'one', 0o640)
    await writeFile(join(here, 'b'), 'two')
    await mkdir(join(home, 'there'))
    await writeFile(join(home, 'there', 'a'), 'before')
    const copies = [`${here}/a:there`, `${here}/b:~/there/b`, `${here}/b:made/`, `${here}/a:${here}/absolute`]
    const flags = copies.flatMap((copy) => ['--copy', copy])
    const run = await box.run(['exec', LAB, ...flags, '--', 'cat there/a there/b made/b'])
    expect(run).toMatchObject({ code: 0, stdout: 'onetwotwo' })
    expect(await modeOf(join(home, 'there', 'a'))).toBe(0o640)
    expect(await text(join(here, 'absolute'))).toBe('one')
    expect(await hidden(join(home, 'there'))).toEqual([])
  })

  test('a folder’s content goes beside what is there, and again', async () => {
    await mkdir(join(here, 'src'))
    await writeFile(join(here, 'src', 'new'), 'new')
    await mkdir(join(home, 'work'))
    await writeFile(join(home, 'work', 'old'), 'old')
    const args = ['exec', LAB, '--copy', `${here}/src:work/`, '--', 'ls', 'work']
    expect((await box.run(args)).stdout).toBe('new\nold\n')
    expect((await box.run(args)).stdout).toBe('new\nold\n')
  })

  test('a large file arrives whole', async () => {
    const content = Buffer.alloc(5_000_001, 'distro lab ')
    await writeFile(join(here, 'large'), content)
    await box.ok('exec', LAB, '--copy', `${here}/large:large`, '--', 'true')
    expect((await readFile(join(home, 'large'))).equals(content)).toBe(true)
  })

  test('a missing local source is a usage error before anything is recorded', async () => {
    const before = await box.events(LAB)
    const run = await box.run(['exec', LAB, '--copy', `${here}/nosuch:x`, '--', 'true'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain(`--copy: expected a file or folder at ${here}/nosuch, got nothing`)
    expect(await box.events(LAB)).toEqual(before)
  })

  test('a place that can not be written to is named; the command does not run, and no draft is left', async () => {
    await writeFile(join(here, 'a'), 'a')
    await writeFile(join(home, 'file'), 'a file')
    const run = await box.run(['exec', LAB, '--copy', `${here}/a:file/below`, '--', 'touch', 'began'])
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/--copy .*here-\w+\/a:file\/below .*failed: file/)
    const folder = await box.run(['exec', LAB, '--copy', `${here}:file`, '--', 'touch', 'began'])
    expect(folder.code).toBe(1)
    expect(await text(join(home, 'file'))).toBe('a file')
    expect(existsSync(join(home, 'began'))).toBe(false)
    expect(await hidden(home)).toEqual([])
    expect(await box.state(LAB)).toBe('ready')
  })

  test('what is neither file nor folder is left out, and said', async () => {
    await mkdir(join(here, 'odd'))
    await writeFile(join(here, 'odd', 'a'), 'a')
    await symlink('/dev/null', join(here, 'odd', 'link'))
    await box.ok('exec', LAB, '--local', '--', 'mkfifo', join(here, 'odd', 'pipe'))
    const run = await box.run(['exec', LAB, '--copy', `${here}/odd:odd`, '--', 'ls', 'odd'])
    expect(run).toMatchObject({ code: 0, stdout: 'a\nlink\n' })
    expect(run.stderr).toContain(`--copy: skipping ${here}/odd/pipe, which is not a file, folder or link`)
  })

  test('a machine without SFTP is told as such', async () => {
    await writeFile(join(here, 'a'), 'a')
    await box.knobs({ refuseSftp: true })
    try {
      const run = await box.run(['exec', LAB, '--copy', `${here}/a:a`, '--', 'true'])
      expect(run.code).toBe(1)
      expect(run.stderr).toContain('SFTP does not start')
    } finally {
      await box.knobs({})
    }
  })
})

describe('exec --fetch', () => {
  test('brings a folder back with modes and links after the command', async () => {
    await makeTree(join(home, 'results'))
    const fetch = ['--fetch', `results:${here}/new/results`]
    await box.ok('exec', LAB, ...fetch, '--', 'true')
    await expectTree(join(here, 'new', 'results'))
  })

  test('also happens when the command fails, whose exit code wins; a file is replaced in one moment', async () => {
    await writeMode(join(here, 'log'), 'before', 0o644)
    await utimes(join(here, 'log'), 0, 0)
    const before = await lstat(join(here, 'log'))
    const run = await box.run([
      'exec',
      LAB,
      '--fetch',
      `log:${here}`,
      '--',
      'umask 077; echo why >log; exit 5',
    ])
    expect(run).toMatchObject({ code: 5, stderr: '' })
    expect(await text(join(here, 'log'))).toBe('why\n')
    expect(await modeOf(join(here, 'log'))).toBe(0o600)
    expect((await lstat(join(here, 'log'))).ino).not.toBe(before.ino)
    expect(await hidden(here)).toEqual([])
  })

  test('what is not there is an error that names it; the others are fetched all the same', async () => {
    const fetch = ['--fetch', `no/such:${here}/x`, '--fetch', `ok:${here}/ok`]
    const run = await box.run(['exec', LAB, ...fetch, '-o', 'json', '--', 'echo fine >ok; echo said'])
    expect(run.code).toBe(1)
    expect(run.json()).toMatchObject({
      error: { code: 'transfer-source-missing', message: `--fetch: no/such does not exist on ${LAB}/main.` },
      stdout: 'said\n',
    })
    expect(await text(join(here, 'ok'))).toBe('fine\n')
    expect(await box.record(LAB)).toMatchObject({
      state: 'ready',
      failure: { code: 'transfer-source-missing' },
    })
  })

  test('what is not there after a command that failed is only said', async () => {
    const run = await box.run(['exec', LAB, '--fetch', `nosuch:${here}/x`, '--', 'exit 9'])
    expect(run.code).toBe(9)
    expect(run.stderr).toContain(`nosuch does not exist on ${LAB}/main`)
  })

  test('a local place that can not be written to is named, and nothing is left there', async () => {
    await writeFile(join(here, 'file'), 'mine')
    const run = await box.run(['exec', LAB, '--fetch', `ok:${here}/file/below`, '--', 'echo fine >ok'])
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/--fetch ok:.*\/file\/below .*failed: ENOTDIR/)
    expect(await text(join(here, 'file'))).toBe('mine')
  })
})

test('an interrupt while files are copied leaves the lab ready', async () => {
  await writeFile(join(here, 'endless'), Buffer.alloc(400_000_000))
  const run = box.start(['exec', LAB, '-v', '--copy', `${here}/endless:endless`, '--', 'touch', 'began-too'])
  await run.says('ready -> in-use')
  run.signal('SIGINT')
  expect((await run.done).code).toBe(130)
  expect(existsSync(join(home, 'began-too'))).toBe(false)
  expect(await box.state(LAB)).toBe('ready')
})

test.each(['machine', 'copy', 'fetch'])('--%s is not for --local', async (name) => {
  const run = await box.run(['exec', LAB, '--local', `--${name}`, 'a:b', '--', 'true'])
  expect(run.code).toBe(2)
  expect(run.stderr).toContain(`--${name}: expected a command on a machine, got --local`)
})
