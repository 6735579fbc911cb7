import { expect, test } from '@jest/globals'
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BackendError } from '../../backend/errors.js'
import {
  ensureFolder,
  forgetLab,
  keyFiles,
  keyFolder,
  logFile,
  machineFolder,
  putFile,
  workFolder,
  type Workspace,
} from '../../scripts/workspace.js'
import { temporaryFolder } from '../support/cli/support.js'

function newSpace(): Workspace {
  const root = temporaryFolder()
  return { home: join(root, 'home'), cache: join(root, 'cache'), backendId: '0a1b2c3d' }
}

test.each(['', '.', '..', '../../etc', 'a/b', '/etc', 'a\0b'])(
  '%j is refused as a name in a path',
  (name) => {
    const space = newSpace()
    const ways = [keyFolder, workFolder].map((way) => () => way(space, name))
    for (const way of [...ways, () => machineFolder(space, 'demo', name)]) {
      expect(way).toThrow(
        expect.objectContaining({ fault: expect.objectContaining({ code: 'value-refused', field: 'name' }) }),
      )
    }
  },
)

test('a log has no name that leads elsewhere', () => {
  expect(() => logFile(newSpace(), '../x')).toThrow(BackendError)
})

test('a file that is put in place is ours alone, whatever the umask', async () => {
  const before = process.umask(0o000)
  try {
    const folder = await ensureFolder(join(temporaryFolder(), 'a', 'b'))
    await putFile(join(folder, 'key'), 'secret')
    for (let n = 1; n < 50; n++)
      await writeFile(join(folder, `config.${process.pid}-${n}.draft`), '', { mode: 0o666 })
    await putFile(join(folder, 'config'), 'secret')
    const paths = [join(folder, 'key'), join(folder, 'config'), folder, join(folder, '..')]
    const found = await Promise.all(paths.map((path) => lstat(path)))
    expect(found.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['600', '600', '700', '700'])
  } finally {
    process.umask(before)
  }
})

test('a file that is put in place many times at once is one of them as a whole, and no draft stays', async () => {
  const folder = temporaryFolder()
  const texts = Array.from({ length: 20 }, (_, n) => String(n).repeat(1000))
  await Promise.all(texts.map((text) => putFile(join(folder, 'note'), text)))
  expect(texts).toContain(await readFile(join(folder, 'note'), 'utf8'))
  expect(await readdir(folder)).toEqual(['note'])
})

test('a destroyed lab leaves neither key nor work folder, and takes nothing else', async () => {
  const space = newSpace()
  const keys = await ensureFolder(keyFolder(space, 'demo'))
  for (const name of Object.values(keyFiles)) await writeFile(join(keys, name), '')
  const work = await ensureFolder(workFolder(space, 'demo'))
  const documents = join(temporaryFolder(), 'documents')
  await mkdir(documents)
  await writeFile(join(documents, 'letter'), '')
  await symlink(documents, join(work, 'link'))
  await forgetLab(space, 'demo')
  expect(await readdir(join(keys, '..'))).toEqual([])
  expect(await readdir(join(work, '..'))).toEqual([])
  expect(await readdir(documents)).toEqual(['letter'])
})

test('what somebody has put beside a key stays', async () => {
  const space = newSpace()
  const keys = await ensureFolder(keyFolder(space, 'demo'))
  await writeFile(join(keys, keyFiles.privateKey), '')
  await writeFile(join(keys, 'notes'), '')
  await forgetLab(space, 'demo')
  expect(await readdir(keys)).toEqual(['notes'])
})
