import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ensureIdentity, readIdentity, type Identity, type KeyOptions } from '../../../scripts/machine/key.js'
import type { Workspace } from '../../../scripts/workspace.js'
import { faultOf, temporaryFolder } from '../../support/cli/support.js'
import { makeKey, startAgent, type Agent } from '../../support/machine/ssh-agent.js'

const call = promisify(execFile)
let root: string
let space: Workspace
let agent: Agent | undefined
beforeEach(() => {
  root = temporaryFolder()
  space = { home: join(root, 'home'), cache: join(root, 'cache'), backendId: '0a1b2c3d' }
})
afterEach(async () => {
  await agent?.stop()
  agent = undefined
})

const ensure = (options: KeyOptions = {}): Promise<Identity> => ensureIdentity(space, 'demo', options)
const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)

describe('a generated key', () => {
  test('is a pair that the real ssh-keygen accepts, each time', async () => {
    for (let n = 0; n < 12; n++) {
      const { file, publicKey, source } = await ensureIdentity(space, `demo-${n}`, {})
      const { stdout } = await call('ssh-keygen', ['-y', '-P', '', '-f', file])
      expect(stdout.trim().split(' ').slice(0, 2).join(' ')).toBe(publicKey)
      expect(publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+$/)
      expect(source).toBe('generated')
    }
  })

  test('can be read by its owner only, and so can the folder', async () => {
    const { file } = await ensure()
    expect(await modeOf(file)).toBe('600')
    expect(await modeOf(join(file, '..'))).toBe('700')
    expect(await readFile(`${file}.pub`, 'utf8')).toMatch(/^ssh-ed25519 \S+ distrolab\n$/)
  })

  test('is kept, and what is remembered of it is nothing private', async () => {
    const first = await ensure()
    expect(await ensure()).toEqual(first)
    expect(await readIdentity(space, 'demo')).toEqual(first)
    expect(await readFile(join(first.file, '../identity.json'), 'utf8')).not.toContain('PRIVATE')
  })

  test('is another one for another lab', async () => {
    const other = await ensureIdentity(space, 'other', {})
    expect(other.publicKey).not.toBe((await ensure()).publicKey)
  })
})

describe('--ssh-key', () => {
  test.each(['ed25519', 'rsa', 'ecdsa'])('takes a private %s key', async (type) => {
    const file = join(root, 'id')
    const publicKey = await makeKey(file, '', type)
    expect(await ensure({ sshKey: file })).toEqual({ source: 'file', file, publicKey })
  })

  test('is remembered: the next command needs no flag', async () => {
    const file = join(root, 'id')
    await makeKey(file)
    const chosen = await ensure({ sshKey: file })
    expect(await ensure()).toEqual(chosen)
  })

  test('takes the public part of a key that the agent holds', async () => {
    const file = join(root, 'id')
    const publicKey = await makeKey(file)
    agent = await startAgent(root)
    await agent.add(file)
    expect(await ensure({ sshKey: `${file}.pub`, agentSocket: agent.socket })).toEqual({
      source: 'agent',
      file: `${file}.pub`,
      publicKey,
    })
  })

  test('refuses a public part that the agent does not hold, or that has no agent', async () => {
    const file = join(root, 'id')
    await makeKey(file)
    await makeKey(join(root, 'other'))
    agent = await startAgent(root)
    await agent.add(join(root, 'other'))
    const path = `${file}.pub`
    expect(await faultOf(ensure({ sshKey: path, agentSocket: agent.socket }))).toEqual({
      code: 'key-not-in-agent',
      path,
      agent: true,
    })
    expect(await faultOf(ensure({ sshKey: path }))).toEqual({ code: 'key-not-in-agent', path, agent: false })
  })

  test.each(['ed25519', 'rsa'])(
    'takes a %s key with a passphrase when the agent holds it, and refuses it at once otherwise',
    async (type) => {
      const file = join(root, 'id')
      const publicKey = await makeKey(file, 'secret phrase', type)
      expect(await faultOf(ensure({ sshKey: file }))).toEqual({
        code: 'key-passphrase',
        path: file,
        agent: false,
      })
      agent = await startAgent(root)
      expect(await faultOf(ensure({ sshKey: file, agentSocket: agent.socket }))).toEqual({
        code: 'key-passphrase',
        path: file,
        agent: true,
      })
      await agent.add(file, 'secret phrase')
      expect(await ensure({ sshKey: file, agentSocket: agent.socket })).toEqual({
        source: 'agent',
        file: `${file}.pub`,
        publicKey,
      })
    },
  )

  test('a passphrase in the old PEM form is recognised too', async () => {
    const file = join(root, 'id')
    await call('ssh-keygen', ['-q', '-t', 'rsa', '-m', 'PEM', '-N', 'secret phrase', '-f', file])
    expect((await faultOf(ensure({ sshKey: file }))).code).toBe('key-passphrase')
  })

  test.each([
    ['garbage', 'hello\n'],
    ['nothing', ''],
    ['half a key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('refuses a file that holds %s', async (_what, text) => {
    const path = join(root, 'id')
    await writeFile(path, text)
    const fault = await faultOf(ensure({ sshKey: path }))
    expect(fault).toMatchObject({ code: 'key-unreadable', path, reason: expect.stringMatching(/\S/) })
    expect(await readIdentity(space, 'demo')).toBeUndefined()
  })

  test('refuses what is not there, and a folder', async () => {
    const path = join(root, 'nosuch')
    expect(await faultOf(ensure({ sshKey: path }))).toEqual({
      code: 'key-unreadable',
      path,
      reason: 'no such file',
    })
    await mkdir(path)
    expect(await faultOf(ensure({ sshKey: path }))).toMatchObject({ code: 'key-unreadable', path })
  })

  test('an agent that does not answer is said, not taken for an empty one', async () => {
    const file = join(root, 'id')
    await makeKey(file)
    const socket = join(root, 'dead.sock')
    expect(await faultOf(ensure({ sshKey: `${file}.pub`, agentSocket: socket }))).toMatchObject({
      code: 'agent-unreachable',
      socket,
    })
  })
})
