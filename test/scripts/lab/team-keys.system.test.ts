import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readFile, rm, writeFile, readdir, rename } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { waitUntil, type CliRun } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { makeKey, startAgent, type Agent } from '../../support/machine/ssh-agent.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(90_000)
const makeSandbox = useSandboxes()
const runFile = promisify(execFile)

/** What the stand-in for GitHub answers, by path. */
let pages: Record<string, { readonly status: number; readonly body: string } | 'silence'>
let server: Server
let github: string
let box: Sandbox
let agent: Agent | undefined

beforeEach(async () => {
  pages = {}
  server = createServer((request, response) => {
    const page = pages[request.url ?? '']
    if (page === 'silence') return
    response.statusCode = page?.status ?? 404
    response.end(page?.body ?? 'Not Found')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  github = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  box = await makeSandbox()
  await mkdir(join(box.root, 'team'))
})
afterEach(async () => {
  await agent?.stop()
  agent = undefined
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const inTeam = (name: string): string => join(box.root, 'team', name)
const newKey = (name: string, passphrase = ''): Promise<string> => makeKey(inTeam(name), passphrase)

/** `up` with a configuration beside which the files of the team lie. */
async function up(entries: readonly string[], more: Record<string, string> = {}): Promise<CliRun> {
  const config = inTeam('distrolab.yaml')
  await writeFile(config, JSON.stringify({ authorizedKeys: entries, githubUrl: github }))
  return box.run(['up', '--profile', LAB, '--config', config], { env: more })
}

/** Plain OpenSSH with a key and nothing else. */
async function enter(key: string): Promise<string> {
  const [machine] = box.machines()
  const options = [
    'IdentitiesOnly=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'BatchMode=yes',
  ]
  const args = [
    '-F',
    'none',
    '-i',
    key,
    '-p',
    String(machine?.port),
    ...options.flatMap((text) => ['-o', text]),
  ]
  const { stdout } = await runFile('ssh', [...args, 'debian@127.0.0.1', 'echo in'])
  return stdout
}

describe('authorizedKeys', () => {
  test("are put on a new lab besides its own key: inline ones, files, and a GitHub user's", async () => {
    const [anna, bob, carol, dora] = [
      await newKey('anna'),
      await newKey('bob'),
      await newKey('carol'),
      await newKey('dora'),
    ]
    await mkdir(join(box.root, 'user'))
    await writeFile(join(box.root, 'user', 'carol.pub'), `# hers\n\n${carol} carol@desk\n`)
    const old = 'ssh-dss AAAAB3NzaC1kc3MAAACB'
    pages['/dora.keys'] = { status: 200, body: `${dora}\n${old}\n${anna}\n` }
    const run = await up([`${anna} anna@laptop`, 'bob.pub', '~/carol.pub', 'github:dora'])
    expect(`${run.code} ${run.stderr}`).toMatch(/^0 /)
    expect((await box.record(LAB)).authorizedKeys).toEqual([
      { publicKey: anna, from: 'anna@laptop' },
      { publicKey: bob, from: 'bob.pub' },
      { publicKey: carol, from: '~/carol.pub' },
      { publicKey: dora, from: 'github:dora' },
    ])
    for (const name of ['anna', 'bob', 'carol', 'dora']) expect(await enter(inTeam(name))).toBe('in\n')
    await newKey('eve')
    await expect(enter(inTeam('eve'))).rejects.toThrow('Permission denied')
    expect((await box.ok('exec', LAB, '--', 'echo', 'own')).stdout).toBe('own\n')
  })

  test('are the same when the machine is made again from another computer, which does not know them', async () => {
    const anna = await newKey('anna')
    await newKey('bob')
    pages['/anna.keys'] = { status: 200, body: anna }
    expect((await up(['github:anna', 'bob.pub'])).code).toBe(0)
    const { authorizedKeys } = await box.record(LAB)
    const [machine] = box.machines()
    await box.kill(machine?.pid ?? -1)
    await rm(machine?.folder ?? '', { recursive: true })
    const bobs = await computerOf('bob')
    const run = await bobs('up', LAB)
    expect(`${run.code} ${run.stderr}`).toMatch(/^0 [^]*recreating it/)
    expect((await box.record(LAB)).authorizedKeys).toEqual(authorizedKeys)
    for (const name of ['anna', 'bob']) expect(await enter(inTeam(name))).toBe('in\n')
  })

  test('that a GitHub does not tell are said to be missing, also with -q, and the lab is made', async () => {
    const bob = await newKey('bob')
    pages['/anna.keys'] = { status: 503, body: 'no' }
    pages['/bob.keys'] = { status: 200, body: bob }
    pages['/carol.keys'] = { status: 200, body: '<html>' }
    pages['/dora.keys'] = { status: 200, body: '\n' }
    pages['/eve.keys'] = 'silence'
    const run = await up(
      ['anna', 'bob', 'carol', 'dora', 'eve'].map((name) => `github:${name}`),
      {
        DISTROLAB_QUIET: 'true',
      },
    )
    expect(run.code).toBe(0)
    const reasons = {
      anna: 'HTTP 503',
      carol: 'no keys in the answer',
      dora: 'no keys there',
      eve: 'no answer within 5 s',
    }
    expect(run.stderr.trimEnd().split('\n')).toEqual(
      Object.entries(reasons).map(
        ([name, reason]) =>
          `github:${name}: no keys from ${github}/${name}.keys (${reason}): creating the lab ${LAB} without these keys`,
      ),
    )
    expect((await box.record(LAB)).authorizedKeys).toEqual([{ publicKey: bob, from: 'github:bob' }])
  })

  test('of a GitHub that is not there are too; DISTROLAB_GITHUB_URL wins over the configuration', async () => {
    const gone = createServer()
    gone.listen(0, '127.0.0.1')
    await once(gone, 'listening')
    const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`
    gone.close()
    const run = await up(['github:anna'], { DISTROLAB_GITHUB_URL: `${url}/` })
    expect(run.code).toBe(0)
    expect(run.stderr).toContain(`github:anna: no keys from ${url}/anna.keys (connect ECONNREFUSED`)
    expect((await box.record(LAB)).authorizedKeys).toEqual([])
    const unsound = await box.run(['list'], { env: { DISTROLAB_GITHUB_URL: 'github.example.com' } })
    expect(unsound).toMatchObject({ code: 2, stderr: expect.stringContaining('expected a URL such as') })
  })

  test('that are mistakes are told all at once, with entry and remedy, before anything is made', async () => {
    await newKey('anna')
    await writeFile(inTeam('empty.pub'), '# nobody\n')
    await writeFile(inTeam('odd.pub'), `${await newKey('bob')}\nno-pty ssh-ed25519 AAAA\n`)
    const secret = await readFile(inTeam('anna'), 'utf8')
    const entries = [
      'nosuch.pub',
      'anna',
      'empty.pub',
      'odd.pub',
      'ssh-ed25519 AAAA',
      'github:no/such',
      secret,
      secret.split('\n')[2] ?? '',
    ]
    const run = await up(entries)
    expect(run).toMatchObject({ code: 2, stdout: '' })
    const file = inTeam('distrolab.yaml')
    const lines = run.stderr.split('\n').filter((line) => line.startsWith(`  ${file}: authorizedKeys.`))
    const got = [
      ...[/"nosuch\.pub" \(.*: no such file\)\. Name/, /"anna", which is a private key\. Name the \.pub/],
      ...[/"empty\.pub", which holds no key/, /"odd\.pub": line 2 of its keys is not a key\. Write one/],
      ...[/"ssh-ed25519 AAAA", which is not a complete key/, /"github:no\/such"\. A GitHub name/],
      ...[/a private key\. Name/, /"[^"]{16}…" \(no such file\)/],
    ]
    expect(lines).toEqual(
      got.map((pattern, n) =>
        expect.stringMatching(
          new RegExp(`authorizedKeys\\.${n}: expected a public key, .*got ${pattern.source}`),
        ),
      ),
    )
    const body = secret.split('\n').slice(1, -2)
    for (const line of body) expect(run.stderr).not.toContain(line.slice(0, 20))
    expect(await box.files('labs')).not.toContainEqual(expect.stringContaining('record'))
    expect(box.processes()).toEqual([])
  })

  test('of a GitHub user who does not exist are a mistake too', async () => {
    const run = await up(['github:nobody'])
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(
      /authorizedKeys\.0: expected .* got "github:nobody" \(\S+nobody\.keys: HTTP 404\)\. Correct/,
    )
    expect((await box.run(['status', LAB])).code).toBe(3)
  })
})

/**
 * Another user of the same lab: with keys of its own, and that one in `~/.ssh`. VMs and what is known of their host keys
 * stay where they are, as a lab's VMs are on one computer.
 */
async function computerOf(
  name: string,
  more: Record<string, string> = {},
): Promise<(...args: string[]) => Promise<CliRun>> {
  const home = join(box.root, `computer-of-${name}`)
  await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  for (const suffix of ['', '.pub'])
    await cp(inTeam(`${name}${suffix}`), join(home, '.ssh', `id_ed25519${suffix}`))
  const [ours, theirs, aside] = [join(box.home, 'keys'), join(home, 'keys'), join(box.root, 'keys')]
  await mkdir(theirs)
  const env = { HOME: home, ...more }
  const backend = ['--backend', `file://${box.home}`]
  return async (verb = '', ...rest) => {
    await mkdir(ours, { recursive: true })
    await rename(ours, aside)
    await rename(theirs, ours)
    const run = await box.run([verb, ...backend, ...rest], { env })
    for (const file of await readdir(ours, { recursive: true }))
      if (basename(file) === 'known_hosts') await rm(join(ours, file))
    await rename(ours, theirs)
    await rename(aside, ours)
    return run
  }
}

describe('a member of the team on another computer', () => {
  test('gets into a lab that takes a key of theirs: exec, ssh and up, without naming it', async () => {
    await newKey('anna')
    expect((await up(['anna.pub'])).code).toBe(0)
    const annas = await computerOf('anna')
    expect(await annas('exec', LAB, '--', 'echo exec')).toMatchObject({ code: 0, stdout: 'exec\n' })
    expect(await annas('ssh', LAB, '--', 'echo ssh')).toMatchObject({ code: 0, stdout: 'ssh\n' })
    expect((await annas('up', LAB)).stdout).toMatch(/^Reconnected to/)
  })

  test('also with a key that only the ssh-agent holds', async () => {
    await newKey('anna', 'passphrase')
    expect((await up(['anna.pub'])).code).toBe(0)
    agent = await startAgent(box.root)
    await agent.add(inTeam('anna'), 'passphrase')
    const annas = await computerOf('anna', { SSH_AUTH_SOCK: agent.socket })
    expect(await annas('exec', LAB, '--', 'echo exec')).toMatchObject({ code: 0, stdout: 'exec\n' })
    expect(await annas('ssh', LAB, '--', 'echo ssh')).toMatchObject({ code: 0, stdout: 'ssh\n' })
    await rm(join(box.root, 'computer-of-anna', '.ssh'), { recursive: true })
    expect(await annas('exec', LAB, '--', 'echo exec')).toMatchObject({ code: 0, stdout: 'exec\n' })
  })

  test('whose keys it does not take is told whose it takes, and the way in', async () => {
    await newKey('anna')
    await newKey('eve')
    expect((await up(['anna.pub'])).code).toBe(0)
    const eves = await computerOf('eve')
    for (const line of [
      ['exec', LAB, '--', 'true'],
      ['ssh', LAB, '--', 'true'],
      ['up', LAB],
    ]) {
      const run = await eves(...line)
      expect(run.code).toBe(1)
      expect(run.stderr).toMatch(
        /No key on this computer opens debian-local; it accepts:\n {2}the key it was created with, by .*\n {2}anna\.pub\n/,
      )
      expect(run.stderr).toContain(`distrolab up ${LAB} --ssh-key PATH`)
      expect(run.stderr).toContain('authorizedKeys')
    }
    expect(await box.state(LAB)).toBe('ready')
  })

  test('names one key with --ssh-key; a wrong one is refused and not remembered', async () => {
    await newKey('anna')
    await newKey('eve')
    expect((await up(['anna.pub'])).code).toBe(0)
    const eves = await computerOf('eve')
    expect((await eves('up', LAB, '--ssh-key', inTeam('anna'))).code).toBe(0)
    const refused = await eves('up', LAB, '--ssh-key', inTeam('eve'))
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(`does not accept the key ${inTeam('eve')}; it accepts:`)
    expect(await eves('exec', LAB, '--', 'echo still')).toMatchObject({ code: 0, stdout: 'still\n' })
  })

  test('is not kept out by what this computer remembers of an earlier lab of that name', async () => {
    await newKey('anna')
    const annas = await computerOf('anna')
    expect((await annas('up', '--profile', LAB)).code).toBe(0)
    await box.ok('down', LAB)
    await waitUntil('the end of the machine', () => box.machines().length === 0)
    expect((await up(['anna.pub'])).code).toBe(0)
    expect(await annas('exec', LAB, '--', 'echo exec')).toMatchObject({ code: 0, stdout: 'exec\n' })
  })
})
