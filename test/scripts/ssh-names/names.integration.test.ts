import { beforeEach, describe, expect, test } from '@jest/globals'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fits } from '../../../backend/forms.js'
import { sshAlias, type SshHost } from '../../../scripts/machine/ssh-config.js'
import { includeLine, withLine } from '../../../scripts/ssh-names/include-line.js'
import { removeNames, takenNames, writeNames } from '../../../scripts/ssh-names/names.js'
import { editUserFile } from '../../../scripts/ssh-names/user-file.js'
import { namesFile, namesFolder, type Workspace } from '../../../scripts/workspace.js'
import { hostile } from '../../support/backend/hostile-values.js'
import { errorOf, faultOf, temporaryFolder } from '../../support/cli/support.js'
import { understood } from '../../support/ssh-names/understood.js'

const identity = {
  source: 'file',
  file: '/home/anna/.ssh/id_ed25519',
  publicKey: 'ssh-ed25519 AAAA',
} as const
const host = (changes: Partial<SshHost> = {}): SshHost => ({
  alias: 'demo',
  address: '127.0.0.1',
  port: 22_001,
  user: 'debian',
  hostKey: 'ssh-ed25519 AAAA',
  ...changes,
})

let config = ''
beforeEach(() => {
  config = join(temporaryFolder(), '.ssh', 'config')
})

/** A state folder whose path has all that a pattern or a shell reads as something else. */
const workspace = (home = join(temporaryFolder(), "an [odd] *home's?")): Workspace => ({
  home,
  cache: home,
  backendId: '0a1b2c3d4e5f',
})
const write = (space: Workspace, lab: string, ...hosts: SshHost[]): Promise<void> =>
  writeNames(space, lab, hosts, identity, config)
const include = (space: Workspace): Promise<unknown> =>
  editUserFile(config, (content) => withLine(content, namesFolder(space)))
async function userWrites(text: string): Promise<void> {
  await mkdir(join(config, '..'), { recursive: true })
  await writeFile(config, text)
}

describe('the real ssh', () => {
  test('knows each machine by name, with its pinned key and without the agent', async () => {
    const space = workspace()
    await write(space, 'demo', host(), host({ alias: sshAlias('demo', 'target'), port: 22_002 }))
    await include(space)
    expect(Object.fromEntries(await understood(config, 'demo'))).toMatchObject({
      hostname: '127.0.0.1',
      port: '22001',
      user: 'debian',
      identityfile: identity.file,
      identitiesonly: 'yes',
      forwardagent: 'no',
      hostkeyalias: 'distrolab-demo',
      stricthostkeychecking: 'true',
      globalknownhostsfile: '/dev/null',
      userknownhostsfile: expect.stringContaining(join('0a1b2c3d4e5f', 'demo', 'known_hosts')),
    })
    expect((await understood(config, 'demo-target')).get('port')).toBe('22002')
    expect((await understood(config, 'demo-other')).get('port')).toBe('22')
  })

  test("gives labs nothing of the user's Host *, and other hosts nothing of ours", async () => {
    const space = workspace()
    await userWrites(
      'Host *\n  User anna\n  ForwardAgent yes\n  ProxyJump bastion\n  StrictHostKeyChecking no\n',
    )
    await write(space, 'demo', host())
    await include(space)
    const lab = await understood(config, 'demo')
    expect(Object.fromEntries(lab)).toMatchObject({
      user: 'debian',
      forwardagent: 'no',
      stricthostkeychecking: 'true',
    })
    expect(lab.has('proxyjump')).toBe(false)
    const other = await understood(config, 'example.org')
    expect(Object.fromEntries(other)).toMatchObject({
      user: 'anna',
      forwardagent: 'yes',
      proxyjump: 'bastion',
      port: '22',
    })
  })

  test.each([
    ['an empty file', ''],
    ['a file without an end of line', 'Compression yes'],
    ['a file with CRLF', 'Host work\r\n  Port 2\r\n'],
    ['a file that begins with a block', 'Host work\n  Port 2\nMatch all\n  Port 3\n'],
  ])('reads %s as before, and the names', async (_title, content) => {
    const space = workspace()
    await userWrites(content)
    const before = await understood(config, 'work')
    await write(space, 'demo', host())
    await include(space)
    expect(await understood(config, 'work')).toEqual(before)
    expect((await understood(config, 'demo')).get('hostkeyalias')).toBe('distrolab-demo')
  })
})

test('the files are for their owner only', async () => {
  const space = workspace()
  await write(space, 'demo', host())
  expect((await stat(namesFile(space, 'demo'))).mode & 0o777).toBe(0o600)
  expect((await stat(namesFolder(space))).mode & 0o777).toBe(0o700)
})

test('a machine has no name before its host key is pinned', async () => {
  const space = workspace()
  await write(space, 'demo', host({ hostKey: null }), host({ alias: 'demo-b' }))
  expect(await readFile(namesFile(space, 'demo'), 'utf8')).toMatch(/^Host demo-b\n/)
  await write(space, 'demo', host({ hostKey: null }))
  expect(await readdir(namesFolder(space))).toEqual([])
})

describe('a name that is taken', () => {
  test.each(['Host demo\n  Port 7\n', 'Include extra\n', 'Match originalhost demo\n'])(
    "by the user's own %j stays theirs",
    async (text) => {
      const space = workspace()
      await userWrites(text)
      await writeFile(join(config, '../extra'), 'Host x demo\n')
      await include(space)
      const before = await understood(config, 'demo')
      await write(space, 'demo', host(), host({ alias: 'demo-b' }))
      expect(await understood(config, 'demo')).toEqual(before)
      expect((await understood(config, 'demo-b')).get('port')).toBe('22001')
      const taken = await takenNames(space, 'demo', ['demo', 'demo-b'], config)
      expect(taken).toEqual([{ alias: 'demo', by: { file: expect.any(String), line: expect.any(Number) } }])
    },
  )

  test('by a pattern of the user is not taken', async () => {
    await userWrites('Host demo* *\n  User anna\n')
    expect(await takenNames(workspace(), 'demo', ['demo'], config)).toEqual([])
  })

  test('by a lab of another backend, or by a machine of another lab, stays theirs until that lab is gone', async () => {
    const space = workspace()
    const other = { ...space, backendId: 'ffffffffffff' }
    await write(other, 'demo', host({ port: 22_009 }))
    await write(space, 'web', host({ alias: 'web' }), host({ alias: 'web-a' }))
    await include(space)
    await write(space, 'demo', host())
    await write(space, 'web-a', host({ alias: 'web-a', port: 22_010 }))
    expect((await understood(config, 'demo')).get('port')).toBe('22009')
    expect((await understood(config, 'web-a')).get('port')).toBe('22001')
    expect(await takenNames(space, 'demo', ['demo'], config)).toEqual([
      { alias: 'demo', by: { file: namesFile(other, 'demo'), line: 1 } },
    ])
    await removeNames(other, 'demo')
    await write(space, 'demo', host())
    expect((await understood(config, 'demo')).get('port')).toBe('22001')
  })

  test('of two labs that want one name at once, exactly one gets it', async () => {
    const space = workspace()
    const spaces = Array.from({ length: 12 }, (_, at) => ({ ...space, backendId: `${100_000_000_000 + at}` }))
    await Promise.all(spaces.map((each) => write(each, 'demo', host())))
    expect(await readdir(namesFolder(space))).toHaveLength(1)
  })
})

test('no hostile value reaches the file', async () => {
  const fields = { alias: 'aliasOfHost', address: 'address', user: 'login' } as const
  const space = workspace()
  for (const [field, form] of Object.entries(fields)) {
    for (const value of Object.values(hostile).flat()) {
      if (fits(form, value)) continue
      const error = await errorOf(write(space, 'demo', host({ [field]: value })))
      expect(error).toMatchObject({ fault: { code: 'value-refused' } })
    }
  }
  expect(await readdir(namesFolder(space))).toEqual([])
})

test('a state folder that no line can name is refused with its path', async () => {
  for (const folder of ['/home/100%/ssh', '/home/a"b/ssh', '/home/$USER/ssh', '/home/a\nb/ssh'])
    expect(await faultOf(() => includeLine(folder))).toEqual({ code: 'ssh-names-path', folder })
})
