import { beforeEach, describe, expect, test } from '@jest/globals'
import { mkdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { absolutePath, loadConfig } from '../../scripts/config.js'
import { parseConfig } from '../../scripts/config-parse.js'
import { faultOf, temporaryFolder } from '../support/cli/support.js'

let root: string
let cwd: string
let configHome: string
const project = (text: string): Promise<void> => writeFile(join(root, 'distrolab.yaml'), text)
const users = (text: string): Promise<void> => writeFile(join(configHome, 'config.yaml'), text)

beforeEach(async () => {
  root = temporaryFolder()
  cwd = join(root, 'deep/er')
  configHome = join(root, 'user')
  await mkdir(cwd, { recursive: true })
  await mkdir(configHome)
})

describe('where configuration comes from', () => {
  test('distrolab.yaml is found upward; key by key it wins over the user file', async () => {
    await project('size: large\nregion: near\n')
    await users('size: small\nwait: ssh\n')
    const { values, files } = await loadConfig({ cwd, configHome })
    expect(values).toMatchObject({ size: 'large', region: 'near', wait: 'ssh' })
    expect(files).toEqual([join(root, 'distrolab.yaml'), join(configHome, 'config.yaml')])
  })

  test('the nearest distrolab.yaml is the only one', async () => {
    await project('size: large\nregion: far\n')
    await writeFile(join(cwd, 'distrolab.yaml'), 'size: small\n')
    const { values } = await loadConfig({ cwd, configHome })
    expect(values.size).toBe('small')
    expect(values.region).toBeUndefined()
  })

  test('--config replaces the file found upward, and is relative to the working directory', async () => {
    await project('size: large\n')
    await writeFile(join(cwd, 'other.yaml'), 'size: small\n')
    expect((await loadConfig({ cwd, configHome, explicit: 'other.yaml' })).values.size).toBe('small')
  })

  test('a --config that is not there is said, not ignored', async () => {
    const fault = await faultOf(loadConfig({ cwd, configHome, explicit: 'nosuch.yaml' }))
    expect(fault).toMatchObject({
      code: 'config-invalid',
      problems: [{ file: join(cwd, 'nosuch.yaml'), expected: 'a readable file of at most 64 KiB' }],
    })
  })

  test('profiles of both files are there, and of the same name the nearer one', async () => {
    await project('profiles:\n  mine: {distro: debian-13, provider: local}\n')
    await users(
      'profiles:\n  mine: {distro: debian-12, provider: local}\n  other: {distro: debian-12, provider: local}\n',
    )
    const { values } = await loadConfig({ cwd, configHome })
    expect(values.profiles).toEqual({
      mine: { distro: 'debian-13', provider: 'local' },
      other: { distro: 'debian-12', provider: 'local' },
    })
  })

  test("the team's keys are those of one file, as they stand there, and it is known which", async () => {
    await project('authorizedKeys: [keys/a.pub, "github:anna"]\nsize: large\n')
    await users('authorizedKeys: [b.pub]\nwait: ssh\n')
    const { values, origins } = await loadConfig({ cwd, configHome })
    expect(values.authorizedKeys).toEqual(['keys/a.pub', 'github:anna'])
    const [file, usersFile] = [join(root, 'distrolab.yaml'), join(configHome, 'config.yaml')]
    expect(origins).toEqual({ authorizedKeys: file, size: file, wait: usersFile })
    await project('authorizedKeys: github:anna\n')
    expect(await faultOf(loadConfig({ cwd, configHome }))).toMatchObject({
      problems: [{ file, field: 'authorizedKeys', expected: expect.stringContaining('a list of') }],
    })
  })

  test('without any file, and with empty ones, there are no values', async () => {
    expect((await loadConfig({ cwd, configHome })).files).toEqual([])
    await project('')
    await users('# nothing\n')
    expect((await loadConfig({ cwd, configHome })).values.size).toBeUndefined()
  })
})

describe('paths', () => {
  test('are relative to the file they stand in, not to the working directory', async () => {
    await project('sshKey: keys/id\ncatalog: [distros, /abs, ~/mine]\n')
    const { values } = await loadConfig({ cwd, configHome })
    expect(values.sshKey).toBe(join(root, 'keys/id'))
    expect(values.catalog).toEqual([join(root, 'distros'), '/abs', join(homedir(), 'mine')])
  })

  test.each([
    ['~', homedir()],
    ['~/x', join(homedir(), 'x')],
    ['~other/x', '/base/~other/x'],
    ['a/../b', '/base/b'],
    ['/a', '/a'],
  ])('%s is %s', (given, expected) => {
    expect(absolutePath(given, '/base')).toBe(expected)
  })
})

describe('mistakes', () => {
  test('those of all files are told at once, each with file, field, what was expected and what was found', async () => {
    await project('sise: large\nwait: 3\nprofiles:\n  mine: {distro: debian, provider: local, colour: red}\n')
    await users('catalog: distros\n')
    const fault = await faultOf(loadConfig({ cwd, configHome }))
    if (fault.code !== 'config-invalid') throw new Error(fault.code)
    const file = join(root, 'distrolab.yaml')
    expect(fault.problems).toHaveLength(4)
    expect(fault.problems).toEqual(
      expect.arrayContaining([
        {
          file,
          field: 'sise',
          expected: expect.stringContaining('size'),
          got: 'an unknown key',
          fix: 'Did you mean size or disk?',
        },
        { file, field: 'wait', expected: 'ready, ssh or none', got: '3' },
        {
          file,
          field: 'profiles.mine.colour',
          expected: expect.stringContaining('distro'),
          got: 'an unknown key',
        },
        {
          file: join(configHome, 'config.yaml'),
          field: 'catalog',
          expected: 'folders of distro files',
          got: '"distros"',
        },
      ]),
    )
  })

  test('values that no flag would accept are among them, without the passwords in them', () => {
    const text =
      'ttl: soon\nwaitLok: 10m\napplyTimeout: 25d\nallowFrom: 10.0.0.5/8\nengineMirror: ftp://me:secret@mirror\n'
    const { problems } = parseConfig('/f.yaml', text)
    const file = '/f.yaml'
    expect(problems).toEqual([
      {
        file,
        field: 'waitLok',
        expected: expect.anything(),
        got: 'an unknown key',
        fix: 'Did you mean waitLock or wait?',
      },
      { file, field: 'allowFrom', expected: expect.stringContaining('10.0.0.0/8'), got: '"10.0.0.5/8"' },
      {
        file,
        field: 'engineMirror',
        expected: expect.stringContaining('a URL'),
        got: expect.not.stringContaining('secret'),
      },
      { file, field: 'ttl', expected: expect.stringContaining('at most 365d'), got: '"soon"' },
      { file, field: 'applyTimeout', expected: expect.stringContaining('at most 24d'), got: '"25d"' },
    ])
  })

  test.each([
    ['not YAML', 'a: [1,', 'YAML'],
    ['a list', '- a\n', 'object'],
    ['a word', 'debian-local\n', 'object'],
  ])('a file that is %s is one problem of the file', (_what, text, expected) => {
    const { values, problems } = parseConfig('/f.yaml', text)
    expect(values).toBeUndefined()
    expect(problems.length).toBeGreaterThan(0)
    expect(problems[0]).toMatchObject({ file: '/f.yaml', field: '(file)' })
    expect(problems[0]?.expected).toContain(expected)
  })

  test('a profile without its distro names the missing field', () => {
    const { problems } = parseConfig('/f.yaml', 'profiles:\n  mine: {provider: local}\n')
    expect(problems).toHaveLength(1)
    expect(problems[0]?.field).toMatch(/^profiles\.mine/)
    expect(`${problems[0]?.field} ${problems[0]?.expected}`).toContain('distro')
  })
})
