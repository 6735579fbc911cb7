import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { SFTPWrapper } from 'ssh2'
import { copyTree, SourceMissingError } from '../../../scripts/machine/copy-tree.js'
import { localFiles, remoteFiles, type Files } from '../../../scripts/machine/files.js'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'copy-'))
})
afterEach(() => rm(root, { recursive: true }))

type Answer = (error: Error | undefined, value: unknown) => void

/** A machine whose answers are made up. */
const lying = (answers: Partial<Files>): Files => ({ ...localFiles, ...answers })
const wayFrom = (from: Files) => ({
  from,
  to: localFiles,
  onSkipped: () => undefined,
  drafts: new Set<string>(),
  others: 'nobody' as const,
  signal: new AbortController().signal,
  send: (_source: string, draft: string) => writeFile(draft, 'sent'),
})
const folder = { kind: 'folder', mode: 0o755 } as const
const file = { kind: 'file', mode: 0o644 } as const

describe('what a machine says of its files', () => {
  test.each(['../out', 'a/b', '', '/etc/passwd'])('never names a file %j', async (filename) => {
    const readdirOf = (_path: string, done: (error: undefined, list: object[]) => void): void =>
      done(undefined, [{ filename: '.' }, { filename }])
    const files = remoteFiles({ readdir: readdirOf } as unknown as SFTPWrapper)
    await expect(files.list('dir')).rejects.toThrow('which is not a file name')
  })

  test.each([
    ['a name', { readdir: (_: string, done: Answer) => done(undefined, [{ filename: 'caf\uFFFD' }]) }],
    ['the place of a link', { readlink: (_: string, done: Answer) => done(undefined, 'caf\uFFFD') }],
  ])('is not mangled: %s that is not UTF-8 is an error', async (_what, answers) => {
    const absent = Object.assign(new Error('No such file'), { code: 2 })
    const lstat = (_path: string, done: Answer): void => done(absent, undefined)
    const files = remoteFiles({ lstat, ...answers } as unknown as SFTPWrapper)
    const asked = 'readdir' in answers ? files.list('dir') : files.readLink('dir/link')
    await expect(asked).rejects.toThrow(/^dir\/.*caf\uFFFD is not UTF-8/)
  })

  test('leads nowhere through a link below the target', async () => {
    await mkdir(join(root, 'outside'))
    await mkdir(join(root, 'target'))
    await symlink(join(root, 'outside'), join(root, 'target', 'sub'))
    const from = lying({
      look: async (path) => (path.endsWith('file') ? file : folder),
      list: async (path) => (path.endsWith('sub') ? ['file'] : ['sub']),
    })
    await expect(copyTree(wayFrom(from), 'from', join(root, 'target'))).rejects.toThrow('EEXIST')
    expect(await readdir(join(root, 'outside'))).toEqual([])
  })
})

test('a file with the name of a folder does not leave the target', async () => {
  await mkdir(join(root, 'target'))
  await expect(
    copyTree(wayFrom(lying({ look: async () => file, list: async () => [] })), 'a/..', `${root}/target/`),
  ).rejects.toThrow('a/.. names a folder, but a file is there')
})

test('a file that vanishes leaves no draft and what was there', async () => {
  await writeFile(join(root, 'there'), 'before')
  const way = { ...wayFrom(lying({ look: async () => file })), send: () => Promise.reject(new Error('gone')) }
  await expect(copyTree(way, 'from', join(root, 'there'))).rejects.toThrow('gone')
  expect(await readdir(root)).toEqual(['there'])
})

test('a name here that is not UTF-8 is an error that shows its bytes, and so is where a link leads', async () => {
  await writeFile(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), '')
  await expect(localFiles.list(root)).rejects.toThrow(`${root}/caf\\xe9 is not UTF-8`)
  await symlink(Buffer.from([0xff]), join(root, 'link'))
  await expect(localFiles.readLink(join(root, 'link'))).rejects.toThrow(`${root}/link -> \\xff is not UTF-8`)
})

test('files and new folders keep the times of their last changes', async () => {
  await mkdir(join(root, 'from'))
  await writeFile(join(root, 'from', 'file'), 'x')
  await utimes(join(root, 'from', 'file'), 1_000_000_000, 1_000_000_000)
  await utimes(join(root, 'from'), 1_100_000_000, 1_100_000_000)
  await copyTree(wayFrom(localFiles), join(root, 'from'), join(root, 'to'))
  expect((await stat(join(root, 'to', 'file'))).mtimeMs).toBe(1_000_000_000_000)
  expect((await stat(join(root, 'to'))).mtimeMs).toBe(1_100_000_000_000)
})

describe('the draft of a copy that was killed', () => {
  const old = '.distrolab-0b5e6a3c-6c3f-4b53-9f0e-3f6c1d2b4a59'
  const marker = '.distrolab-reset-0b5e6a3c-6c3f-4b53-9f0e-3f6c1d2b4a59'

  test.each([
    ['a file', { look: async () => file }],
    ['a folder', { look: async () => folder, list: async () => [] }],
  ])('goes with the next copy of %s, and nothing else', async (_what, answers) => {
    await Promise.all([old, marker, 'mine'].map((name) => writeFile(join(root, name), '')))
    await copyTree(wayFrom(lying(answers)), 'new', `${root}/`)
    expect(await readdir(root)).toEqual(expect.arrayContaining([marker, 'mine']))
    expect(await readdir(root)).not.toContain(old)
  })

  test('stays where somebody else may be at work on it', async () => {
    await writeFile(join(root, old), '')
    const way = { ...wayFrom(lying({ look: async () => file })), others: 'anybody' as const }
    await copyTree(way, 'new', `${root}/`)
    expect(await readdir(root)).toContain(old)
  })
})

test('nothing is sent once it was given up, and no draft comes back', async () => {
  const controller = new AbortController()
  const giveUp = async (path: string): Promise<void> => {
    await localFiles.makeFile(path)
    controller.abort(new Error('Ctrl-C'))
  }
  const to = { ...localFiles, makeFile: giveUp }
  const way = { ...wayFrom(lying({ look: async () => file })), to, signal: controller.signal }
  await expect(copyTree(way, 'from', join(root, 'there'))).rejects.toThrow('Ctrl-C')
  expect(await readdir(root)).toEqual([])
  expect(way.drafts.size).toBe(0)
})

test('a source that is not there is an error of its own', async () => {
  const from = lying({ look: async () => undefined })
  await expect(copyTree(wayFrom(from), 'from', root)).rejects.toThrow(SourceMissingError)
})
