import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  newKey,
  startSshServer,
  type ServerOptions,
  type SshServer,
} from '../../support/machine/ssh-server.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'

const makeSandbox = useSandboxes()
const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9wTr1uYpDqfCsrKbKPJXHvMGJnpcoIIhfZpXrjVn1d'
let servers: SshServer[]
let box: Sandbox
let server: SshServer
/** Every command that anybody ran on the machine. */
let commands: string[]
const start = async (options: ServerOptions = {}): Promise<SshServer> => {
  const started = await startSshServer(options)
  servers.push(started)
  return started
}

beforeEach(async () => {
  servers = []
  commands = []
  box = await makeSandbox()
  const key = newKey()
  await writeFile(join(box.root, 'id'), key.private, { mode: 0o600 })
  server = await start({ exec: answer })
  await configure()
})
afterEach(() => Promise.all(servers.map((each) => each.close())))

const answer: NonNullable<ServerOptions['exec']> = (channel, command) => {
  commands.push(command)
  const [, code = '0'] = /exit (\d+)/.exec(command) ?? []
  channel.write('hello\n')
  channel.exit(Number(code))
  channel.end()
}

const configure = (more = '', port = server.port): Promise<void> =>
  box.configure(`sshKey: ${join(box.root, 'id')}
profiles:
  rack:
    provider: static
    distro: debian-13
    machines: [{ address: 127.0.0.1, user: anna, port: ${port}${more} }]
`)

test('a machine that exists is reached, used, reached again, and forgotten as it was', async () => {
  const up = await box.run(['up', '--profile', 'rack', '-o', 'json'])
  expect([up.code, up.stderr]).toEqual([
    0,
    expect.stringContaining('pinned the host key it showed at first contact'),
  ])
  expect(up.json()).toMatchObject({ state: 'ready', reused: false, costPerHourUsd: 0, region: 'static' })
  const [machine] = (await box.record('rack')).machines
  expect(machine).toMatchObject({ user: 'anna', port: server.port, hostKey: server.hostKey })
  // The step that waits for cloud-init alone has run something.
  expect(commands.filter((command) => !command.includes('/run/cloud-init'))).toEqual([])
  expect((await box.run(['exec', 'rack', '--', 'exit 7'])).code).toBe(7)
  expect((await box.ok('up', 'rack', '-o', 'json')).json()).toMatchObject({ reused: true })
  expect(await box.state('rack')).toBe('ready')
  expect(JSON.parse(await readFile(join(box.home, 'labs/rack/tofu.tfstate'), 'utf8'))).toMatchObject({
    resources: [],
  })
  const before = commands.length
  expect((await box.ok('down', 'rack', '-o', 'json')).json()).toMatchObject({ state: 'destroyed' })
  expect([commands.length, await box.traces()]).toEqual([before, []])
  expect((await box.ok('recover', 'rack')).stdout).toContain('nothing of it is left')
})

test('it is neither reset, swapped, stopped nor started, and a plan changes nothing', async () => {
  await box.ok('up', '--profile', 'rack')
  const before = await box.record('rack')
  for (const args of [
    ['reset', 'rack'],
    ['swap', 'rack', 'debian-12'],
    ['stop', 'rack'],
    ['start', 'rack'],
  ]) {
    const refused = await box.run([...args, '-o', 'json'])
    expect([args[0], refused.code]).toEqual([args[0], 2])
    expect(refused.stdout + refused.stderr).toContain('not-offered')
  }
  expect(await box.record('rack')).toEqual(before)
  expect((await box.ok('plan', 'rack', '-o', 'json')).stdout).not.toContain('"create"')
})

test('another host key than the pinned one is refused', async () => {
  await box.ok('up', '--profile', 'rack')
  await server.close()
  servers = []
  server = await start({ exec: answer, port: server.port })
  const refused = await box.run(['up', 'rack'])
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('has a different host key')])
})

test('the host key of the configuration is pinned before first contact', async () => {
  await configure(`, hostKey: ${OTHER_KEY}`)
  const refused = await box.run(['up', '--profile', 'rack'])
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('has a different host key')])
  expect(commands).toEqual([])
})

test('a record that names another machine than the configuration is not followed', async () => {
  await box.ok('up', '--profile', 'rack')
  const other = await start({ exec: answer })
  const [machine] = (await box.record('rack')).machines
  await box.editRecord('rack', { machines: [{ ...machine, port: other.port, hostKey: other.hostKey }] })
  const refused = await box.run(['exec', 'rack', '--', 'true'])
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`127.0.0.1:${other.port}`)])
  expect(other.connections()).toBe(0)
  await box.ok('down', 'rack')
})

test('without a key of the user, or machines, nothing is recorded', async () => {
  const args = ['up', '--profile', 'debian-static']
  expect((await box.run(args)).stderr).toContain('names no machines')
  await box.configure(`profiles:
  rack: { provider: static, distro: debian-13, machines: [{ address: 127.0.0.1, user: anna, port: ${server.port} }] }
`)
  const keyless = await box.run(['up', '--profile', 'rack'])
  expect([keyless.code, keyless.stderr]).toEqual([2, expect.stringContaining('--ssh-key PATH')])
  expect([await box.files('labs'), await box.files('keys'), server.connections()]).toEqual([[], [], 0])
})
