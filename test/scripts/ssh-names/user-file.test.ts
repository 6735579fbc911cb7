import { describe, expect, jest, test } from '@jest/globals'
import { writeFileSync as writeSync } from 'node:fs'
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { includeLine, withLine, withoutLine } from '../../../scripts/ssh-names/include-line.js'
import { editUserFile, LeftAlone, type Edited } from '../../../scripts/ssh-names/user-file.js'
import { errorOf, temporaryFolder } from '../../support/cli/support.js'

jest.setTimeout(30_000)

const NAMES = '/home/anna/.local/state/distrolab/ssh'
const LINE = includeLine(NAMES)
const OWN = 'Host work\n  User anna\n'

const add = (file: string): Promise<Edited> => editUserFile(file, (content) => withLine(content, NAMES))
const remove = (file: string): Promise<Edited> => editUserFile(file, (content) => withoutLine(content, NAMES))

/** A configuration in a `~/.ssh` of its own. */
async function withConfig(content: string | Buffer, mode = 0o600): Promise<string> {
  const folder = join(temporaryFolder(), '.ssh')
  await mkdir(folder, { mode: 0o700 })
  const file = join(folder, 'config')
  await writeFile(file, content)
  await chmod(file, mode)
  return file
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777
const reasonOf = async (edit: Promise<unknown>): Promise<string> => {
  const error = await errorOf(edit)
  if (error instanceof LeftAlone) return error.reason
  throw error
}

test('the line says whose it is and how to undo it', () => {
  expect(LINE).toBe(
    `Include "${NAMES}/*.conf" # distrolab: labs by name. Undo with: distrolab ssh-config --remove`,
  )
})

test.each([
  ['an ordinary file', OWN],
  ['an empty file', ''],
  ['a file whose last line has no end', 'Host work\n  User anna'],
  ['a file of one line without an end', 'Compression yes'],
  ['a file with a byte that is not UTF-8', Buffer.from([...Buffer.from('# '), 0xe9, 0x0a, 0x80])],
])('%s gets the line on top, and is the same byte for byte without it', async (_title, content) => {
  const file = await withConfig(content)
  await add(file)
  expect(await readFile(file)).toEqual(Buffer.concat([Buffer.from(`${LINE}\n`), Buffer.from(content)]))
  expect(await remove(file)).toMatchObject({ isChanged: true })
  expect(await readFile(file)).toEqual(Buffer.from(content))
  expect(await readdir(join(file, '..'))).toEqual(['config'])
})

test('a file with CRLF keeps it, and the line ends so too', async () => {
  const file = await withConfig('Host work\r\n  User anna\r\n')
  await add(file)
  expect(await readFile(file, 'utf8')).toBe(`${LINE}\r\nHost work\r\n  User anna\r\n`)
  await remove(file)
  expect(await readFile(file, 'utf8')).toBe('Host work\r\n  User anna\r\n')
})

test('a missing file is made for its owner only, and so is a missing folder', async () => {
  const file = join(temporaryFolder(), 'home', '.ssh', 'config')
  await add(file)
  expect(await readFile(file, 'utf8')).toBe(`${LINE}\n`)
  expect(await modeOf(file)).toBe(0o600)
  expect(await modeOf(join(file, '..'))).toBe(0o700)
})

test('a folder that exists keeps its mode', async () => {
  const file = await withConfig(OWN)
  await chmod(join(file, '..'), 0o755)
  await add(file)
  expect(await modeOf(join(file, '..'))).toBe(0o755)
})

test.each([0o600, 0o640, 0o644, 0o664, 0o700])('a file of mode %o keeps it', async (mode) => {
  const file = await withConfig(OWN, mode)
  const isOpenToOthers = (mode & 0o022) !== 0
  expect(await add(file)).toEqual({ isChanged: true, isOpenToOthers })
  expect(await modeOf(file)).toBe(mode)
})

describe('a symbolic link', () => {
  test('stays, and the file behind it is changed', async () => {
    const file = await withConfig('')
    const real = join(temporaryFolder(), 'dotfiles-config')
    await writeFile(real, OWN, { mode: 0o600 })
    await rename(file, `${file}.old`)
    await symlink(real, file)
    await add(file)
    expect(await readlink(file)).toBe(real)
    expect((await lstat(real)).isFile()).toBe(true)
    expect(await readFile(real, 'utf8')).toBe(`${LINE}\n${OWN}`)
    await remove(file)
    expect(await readlink(file)).toBe(real)
    expect(await readFile(real, 'utf8')).toBe(OWN)
  })

  test('to a file that does not exist yet makes that file', async () => {
    const folder = join(temporaryFolder(), '.ssh')
    await mkdir(folder)
    await symlink('../real', join(folder, 'config'))
    await add(join(folder, 'config'))
    expect(await readlink(join(folder, 'config'))).toBe('../real')
    expect(await readFile(join(folder, '../real'), 'utf8')).toBe(`${LINE}\n`)
  })

  test('into a folder that does not exist, or in a circle, is left alone', async () => {
    const folder = join(temporaryFolder(), '.ssh')
    await mkdir(folder)
    await symlink('../nowhere/real', join(folder, 'config'))
    await symlink('circle', join(folder, 'circle'))
    expect(await reasonOf(add(join(folder, 'config')))).toBe('its link leads to a folder that does not exist')
    expect(await reasonOf(add(join(folder, 'circle')))).toBe('its links lead in a circle')
  })
})

describe('left exactly as it is', () => {
  test('a file that its owner made read-only', async () => {
    const file = await withConfig(OWN, 0o400)
    expect(await reasonOf(add(file))).toBe('it is read-only')
    expect(await readFile(file, 'utf8')).toBe(OWN)
    expect(await readdir(join(file, '..'))).toEqual(['config'])
  })

  test('a file, or a new file in a folder, of another user', async () => {
    if (process.geteuid?.() !== 0) return
    const file = await withConfig(OWN)
    await chown(file, 12_345, 12_345)
    expect(await reasonOf(add(file))).toBe('it belongs to another user (uid 12345)')
    const folder = join(temporaryFolder(), '.ssh')
    await mkdir(folder)
    await chown(folder, 12_345, 12_345)
    expect(await reasonOf(add(join(folder, 'config')))).toBe('it belongs to another user (uid 12345)')
    expect(await readdir(folder)).toEqual([])
  })

  test('a group that the file has', async () => {
    if (process.geteuid?.() !== 0) return
    const file = await withConfig(OWN)
    await chown(file, 0, 12_345)
    await add(file)
    expect((await stat(file)).gid).toBe(12_345)
  })

  test('a folder, a socket, and a file in the place of the folder', async () => {
    const file = join(temporaryFolder(), 'config')
    await mkdir(file)
    expect(await reasonOf(add(file))).toBe('it is a folder')
    const socket = join(temporaryFolder(), 'config')
    const server = createServer().listen(socket)
    expect(await reasonOf(add(socket))).toBe('it is a pipe, socket or device')
    server.close()
    const inFile = await withConfig(OWN)
    expect(await reasonOf(add(join(inFile, 'config')))).toBe('a file is in the place of its folder')
  })
})

describe('at the same moment', () => {
  test("someone else's change is not lost: theirs is read again", async () => {
    const file = await withConfig(OWN)
    let calls = 0
    await editUserFile(file, (content) => {
      calls++
      // Between our reading and our writing; an editor replaces the file, too.
      if (calls === 1) writeSync(file, `${OWN}Host new\n`)
      return withLine(content, NAMES)
    })
    expect(calls).toBe(2)
    expect(await readFile(file, 'utf8')).toBe(`${LINE}\n${OWN}Host new\n`)
  })

  test('a file that someone else just made is not replaced', async () => {
    const folder = join(temporaryFolder(), '.ssh')
    await mkdir(folder)
    const file = join(folder, 'config')
    let calls = 0
    await editUserFile(file, (content) => {
      if (++calls === 1) writeSync(file, OWN)
      return withLine(content, NAMES)
    })
    expect(await readFile(file, 'utf8')).toBe(`${LINE}\n${OWN}`)
  })

  test('twenty additions of one line each lose none', async () => {
    const file = await withConfig(OWN)
    const homes = Array.from({ length: 20 }, (_, at) => `/home/${at}/ssh`)
    await Promise.all(homes.map((home) => editUserFile(file, (content) => withLine(content, home))))
    const lines = (await readFile(file, 'utf8')).split('\n')
    expect(lines.filter((line) => line.startsWith('Include')).sort()).toEqual(homes.map(includeLine).sort())
    expect(lines.slice(20).join('\n')).toBe(OWN)
    expect(await readdir(join(file, '..'))).toEqual(['config'])
  })
})

test('a line that is there already, or that two add at once, is there once', async () => {
  const file = await withConfig(OWN)
  const edits = await Promise.all(Array.from({ length: 10 }, () => add(file)))
  expect(edits.filter(({ isChanged }) => isChanged)).toHaveLength(1)
  expect(await readFile(file, 'utf8')).toBe(`${LINE}\n${OWN}`)
  const moved = `${OWN}  include other ${NAMES}/*.conf\n`
  await writeFile(file, moved)
  expect(await add(file)).toMatchObject({ isChanged: false })
  expect(await readFile(file, 'utf8')).toBe(moved)
})

test('only the line of this state folder is removed, wherever it is', async () => {
  const other = includeLine('/srv/other/ssh')
  const file = await withConfig(`${other}\n${OWN}${LINE}\nInclude extra "${NAMES}/*.conf"\n`)
  await remove(file)
  expect(await readFile(file, 'utf8')).toBe(`${other}\n${OWN}Include extra "${NAMES}/*.conf"\n`)
  expect(await remove(file)).toMatchObject({ isChanged: false })
})
