import { describe, expect, jest, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { keys } from '../../stand-in/terminal.js'
import { understood } from '../../support/ssh-names/understood.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
const call = promisify(execFile)
const LAB = 'debian-local'
const UP = ['up', '--profile', LAB]
const OWN = '# mine\nHost *\n  ForwardAgent yes\n  ProxyCommand false\n'

const configOf = (box: Sandbox): string => join(box.root, 'user', '.ssh', 'config')
const textOf = (box: Sandbox): Promise<string> => readFile(configOf(box), 'utf8')
const lineOf = (box: Sandbox): string =>
  `Include "${box.home}/ssh/*.conf" # distrolab: labs by name. Undo with: distrolab ssh-config --remove\n`
async function userWrites(box: Sandbox, text: string, mode = 0o600): Promise<void> {
  await mkdir(join(configOf(box), '..'), { recursive: true, mode: 0o700 })
  await rm(configOf(box), { force: true })
  await writeFile(configOf(box), text)
  await chmod(configOf(box), mode)
}
const namesIn = async (box: Sandbox): Promise<string[]> =>
  (await readdir(join(box.home, 'ssh'))).filter((name) => name.endsWith('.conf'))

/** OpenSSH takes the home of its user from passwd(5), so it needs the file's name here. */
const inLab = async (box: Sandbox, host: string, ...words: string[]): Promise<string> =>
  (await call('ssh', ['-F', configOf(box), '-o', 'BatchMode=yes', host, ...words])).stdout

describe('plain ssh', () => {
  test('works from a fresh home after a yes at the terminal, after a swap too, and down takes its lines only', async () => {
    const box = await makeSandbox()
    const cli = box.atTerminal(...UP)
    await cli.shows('[y/N]')
    cli.type(`y${keys.enter}`)
    const said = `Added one line to ${configOf(box)}`
    expect(await cli.done).toMatchObject({ code: 0, screen: expect.stringContaining(said) })
    expect(await textOf(box)).toBe(lineOf(box))
    expect(await inLab(box, LAB, 'echo', 'here')).toBe('here\n')
    await writeFile(join(box.root, 'sent'), 'by scp')
    await call('scp', ['-q', '-F', configOf(box), join(box.root, 'sent'), `${LAB}:received`])
    expect(await inLab(box, LAB, 'cat', 'received')).toBe('by scp')
    await call('rsync', ['-e', `ssh -F ${configOf(box)}`, `${LAB}:received`, join(box.root, 'back')])
    expect(await readFile(join(box.root, 'back'), 'utf8')).toBe('by scp')
    await box.ok('swap', LAB, 'debian-12')
    expect(await inLab(box, LAB, 'echo', 'here')).toBe('here\n')

    await box.ok(...UP, '--name', 'other')
    await box.ok('down', LAB)
    expect(await textOf(box)).toBe(lineOf(box))
    expect(await namesIn(box)).toEqual([expect.stringMatching(/^[0-9a-f]{12}-other\.conf$/)])
    expect(await inLab(box, 'other', 'echo', 'here')).toBe('here\n')
    await box.ok('ssh-config', '--remove')
    expect(await textOf(box)).toBe('')
  })

  test("does not touch the user's file unless they said so, then moves no line of it, and leaves a read-only one", async () => {
    const box = await makeSandbox()
    await box.ok(...UP)
    expect(existsSync(join(box.root, 'user'))).toBe(false)
    await userWrites(box, OWN)
    await box.ok('up', LAB)
    expect(await textOf(box)).toBe(OWN)
    await box.configure('sshConfig: true\n')
    await box.ok('up', LAB)
    expect(await textOf(box)).toBe(lineOf(box) + OWN)
    expect(Object.fromEntries(await understood(configOf(box), LAB))).toMatchObject({
      forwardagent: 'no',
      stricthostkeychecking: 'true',
    })
    expect(await inLab(box, LAB, 'echo', 'here')).toBe('here\n')
    const moved = `${OWN}Match all\n${lineOf(box)}`
    await userWrites(box, moved)
    await box.ok('up', LAB)
    expect(await textOf(box)).toBe(moved)
    await box.configure('sshConfig: false\n')
    await userWrites(box, OWN)
    await box.ok('up', LAB)
    expect(await textOf(box)).toBe(OWN)
    expect((await box.run(['up', LAB], { env: { DISTROLAB_SSH_CONFIG: 'true' } })).code).toBe(0)
    expect(await textOf(box)).toBe(lineOf(box) + OWN)

    await chmod(configOf(box), 0o400)
    const removal = await box.run(['ssh-config', '--remove'])
    expect(removal).toMatchObject({ code: 1, stderr: expect.stringContaining('Remove this line from it') })
    await userWrites(box, OWN, 0o400)
    const { stderr } = await box.ok('up', LAB, '--ssh-config')
    expect(stderr).toContain(`did not change ${configOf(box)}: it is read-only. Add this line`)
    expect(stderr).toContain(lineOf(box))
    expect(await textOf(box)).toBe(OWN)
  })

  test('gets one line from two ups at once, and knows both labs', async () => {
    const box = await makeSandbox()
    await userWrites(box, OWN)
    const runs = await Promise.all(['a', 'b'].map((name) => box.run([...UP, '--name', name, '--ssh-config'])))
    expect(runs.map(({ code }) => code)).toEqual([0, 0])
    expect(await textOf(box)).toBe(lineOf(box) + OWN)
    expect(await readdir(join(configOf(box), '..'))).toEqual(['config'])
    for (const name of ['a', 'b']) expect(await inLab(box, name, 'echo', name)).toBe(`${name}\n`)
  })

  test('is asked about once at a terminal, and a no is remembered', async () => {
    const box = await makeSandbox()
    const question = `Add one line to ${configOf(box)}, so that plain ssh knows labs by name? [y/N]`
    const first = box.atTerminal(...UP)
    await first.shows(question)
    first.type(`n${keys.enter}`)
    expect(await first.done).toMatchObject({ code: 0, screen: expect.stringContaining('will not ask again') })
    const second = await box.atTerminal('up', LAB).done
    expect(second).toMatchObject({ code: 0, screen: expect.not.stringContaining('[y/N]') })
    expect(existsSync(configOf(box))).toBe(false)
    await box.ok('up', LAB, '--ssh-config')
    await box.ok('ssh-config', '--remove')
    expect((await box.atTerminal('up', LAB).done).screen).not.toContain('[y/N]')
    expect(await textOf(box)).toBe('')
  })

  test("leaves a name to the user's own host, and to the lab of another backend that had it first", async () => {
    const box = await makeSandbox()
    await userWrites(box, 'Host web\n  Port 7\n')
    const web = await box.ok(...UP, '--name', 'web', '--ssh-config')
    expect(web.stderr).toContain(
      `ssh web leads elsewhere: line 2 of ${configOf(box)} has that name. For one of its own: distrolab up --profile ${LAB} --name web-2`,
    )
    expect((await understood(configOf(box), 'web')).get('port')).toBe('7')
    await box.ok(...UP)
    const port = (await understood(configOf(box), LAB)).get('port')
    const other = await box.ok(...UP, '--backend', `file://${box.root}/backend`)
    expect(other.stderr).toContain(`ssh ${LAB} leads elsewhere: another lab (${box.home}/ssh/`)
    expect((await understood(configOf(box), LAB)).get('port')).toBe(port)
    await box.ok('down', LAB)
    await box.ok('up', LAB, '--backend', `file://${box.root}/backend`)
    expect((await understood(configOf(box), LAB)).get('port')).not.toBe(port)
  })

  test('forgets a lab that was destroyed elsewhere at the next command that looks', async () => {
    const box = await makeSandbox()
    await box.ok(...UP)
    for (const verb of [['list'], ['status', LAB]]) {
      await box.editRecord(LAB, { state: 'ready' })
      await box.ok('ssh-config')
      await box.ok(...verb)
      expect(await namesIn(box)).toHaveLength(1)
      await box.editRecord(LAB, { state: 'destroyed' })
      await box.ok(...verb)
      expect(await namesIn(box)).toEqual([])
    }
  })
})

test('ssh-config prints what ssh, Ansible and tmt read, for one lab or all', async () => {
  const box = await makeSandbox()
  const machine = await box.up(...UP.slice(1))
  const file = join(box.root, 'printed')
  await writeFile(file, (await box.ok('ssh-config', LAB)).stdout)
  expect((await call('ssh', ['-F', file, '-o', 'BatchMode=yes', LAB, 'echo here'])).stdout).toBe('here\n')
  expect((await box.ok('ssh-config')).stdout).toBe(await readFile(file, 'utf8'))
  expect((await box.ok('ssh-config', '-o', 'json')).json()).toMatchObject([
    {
      lab: LAB,
      hosts: [{ alias: LAB, machine: 'main', address: '127.0.0.1', port: machine.port, user: 'debian' }],
    },
  ])
  expect(parse((await box.ok('ssh-config', LAB, '--ansible')).stdout)).toMatchObject({
    all: { children: { lab_debian_local: { hosts: { [LAB]: { ansible_port: machine.port } } } } },
  })
  expect(parse((await box.ok('ssh-config', '--tmt')).stdout)).toMatchObject({
    provision: [{ how: 'connect', guest: '127.0.0.1', port: machine.port, role: 'main' }],
  })
  for (const refused of [
    ['--ansible', '--tmt'],
    ['--remove', LAB],
  ])
    expect((await box.run(['ssh-config', ...refused])).code).toBe(2)
  await box.ok('down', LAB)
  expect((await box.run(['ssh-config', LAB])).code).not.toBe(0)
  expect((await box.run(['ssh-config', 'never-used'])).code).toBe(3)
  expect((await box.ok('ssh-config', '--tmt')).stdout).toBe('provision: []\n')
})
