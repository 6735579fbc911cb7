import { expect, test } from '@jest/globals'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { includeLine } from '../../../scripts/ssh-names/include-line.js'
import { readUserConfig, type UserConfig } from '../../../scripts/ssh-names/user-hosts.js'
import { temporaryFolder } from '../../support/cli/support.js'

/** A `~/.ssh` with these files; returns its configuration. */
async function sshFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return join(folder, 'config')
}

const read = (file: string, ours = '/state/ssh'): Promise<UserConfig> => readUserConfig(file, ours)
const namesOf = async (file: string): Promise<string[]> => [...(await read(file)).hosts.keys()]

test('names of hosts are literal names only, with their lines', async () => {
  const config = await sshFolder({
    config: [
      'Host *',
      '# Host commented',
      'Host web db # behind a comment',
      'HOST="quoted"',
      'host\tone "two three" !not web-? x*',
      'Match originalhost a,b user root',
      '  Match host c exec "touch /tmp/never"',
      'HostName not-a-host',
      'Host crlf\r',
    ].join('\n'),
  })
  const { hosts } = await read(config)
  expect([...hosts.keys()]).toEqual(['web', 'db', 'quoted', 'one', 'two', 'three', 'a', 'b', 'c', 'crlf'])
  expect(hosts.get('db')).toEqual({ file: config, line: 3 })
})

test('files that it includes count, wherever they are named', async () => {
  const config = await sshFolder({
    config:
      'Host first\nInclude conf.d/* more.[ab] "with space" ~/nothing-there /no/such/*\nInclude nested/?.conf\n',
    'conf.d/1': 'Host one\n',
    'conf.d/2': 'Include deeper\n',
    'conf.d/.hidden': 'Host hidden\n',
    deeper: 'Host deep\n',
    'more.a': 'Host a\n',
    'with space': 'Host spaced\n',
    'nested/x.conf': 'Host x\n',
    'nested/xy.conf': 'Host xy\n',
    unrelated: 'Host unrelated\n',
  })
  expect(await namesOf(config)).toEqual(['first', 'one', 'deep', 'a', 'spaced', 'x'])
})

test('a circle of includes ends, and files that cannot be read name nothing', async () => {
  const config = await sshFolder({ config: 'Include config *\nInclude folder\nHost web\n', 'folder/x': '' })
  await symlink('loop', join(config, '../loop'))
  expect(await namesOf(config)).toEqual(['web'])
  expect(await namesOf(join(config, '../missing'))).toEqual([])
})

test('our own line is found wherever it is, and its files name no host of the user', async () => {
  const ours = temporaryFolder()
  await writeFile(join(ours, 'x.conf'), 'Host lab\n')
  const line = includeLine(ours)
  for (const text of [
    line,
    `Host *\n  ${line}`,
    `include = ${ours}/*.conf`,
    `Include other ${ours}/*.conf`,
  ]) {
    const config = await sshFolder({ config: `${text}\n` })
    const { hosts, isIncluded } = await read(config, ours)
    expect({ names: [...hosts.keys()], isIncluded }).toEqual({ names: [], isIncluded: true })
  }
  const moved = await sshFolder({ config: 'Include d/*\n', 'd/labs': `${line}\n` })
  expect(await read(moved, ours)).toMatchObject({ isIncluded: true })
  for (const text of [`# ${line}`, includeLine(`${ours}/deeper`), `Include ${ours}`, '']) {
    const config = await sshFolder({ config: `${text}\n` })
    expect(await read(config, ours)).toMatchObject({ isIncluded: false })
  }
})

test('a path in the home may be written with ~', async () => {
  const config = await sshFolder({ config: 'Include ~/.local/state/distrolab/ssh/*.conf\n' })
  const ours = join(homedir(), '.local/state/distrolab/ssh')
  expect(await read(config, ours)).toMatchObject({ isIncluded: true })
})
