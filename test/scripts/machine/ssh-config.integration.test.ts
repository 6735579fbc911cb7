import { afterEach, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { run } from '../../../scripts/run.js'
import { ensureIdentity } from '../../../scripts/machine/key.js'
import { sshAlias, sshCommand, writeSshConfig, type SshHost } from '../../../scripts/machine/ssh-config.js'
import type { Workspace } from '../../../scripts/workspace.js'
import { withoutComment } from '../../../scripts/machine/public-key.js'
import { errorOf, temporaryFolder } from '../../support/cli/support.js'
import { newKey, startSshServer, type SshServer } from '../../support/machine/ssh-server.js'

const call = promisify(execFile)
let server: SshServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** A home whose path has all that must be quoted. */
const workspace = (): Workspace => {
  const root = join(temporaryFolder(), "a 100% odd's home")
  return { home: root, cache: root, backendId: '0a1b2c3d' }
}
const host = (changes: Partial<SshHost> = {}): SshHost => ({
  alias: 'demo',
  address: '127.0.0.1',
  port: 22_001,
  user: 'debian',
  hostKey: 'ssh-ed25519 AAAA',
  ...changes,
})

async function written(space: Workspace, hosts: readonly SshHost[]): Promise<string> {
  return writeSshConfig(space, 'demo', hosts, await ensureIdentity(space, 'demo', {}))
}

/** What the real ssh makes of it, by lower-case setting. */
async function understood(config: string, alias: string): Promise<Map<string, string>> {
  const { stdout } = await call('ssh', ['-G', '-F', config, alias])
  return new Map(
    stdout.split('\n').map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
  )
}

describe('the real ssh', () => {
  test('understands every setting', async () => {
    const space = workspace()
    const config = await written(space, [host()])
    const settings = await understood(config, 'demo')
    expect(Object.fromEntries(settings)).toMatchObject({
      hostname: '127.0.0.1',
      port: '22001',
      user: 'debian',
      hostkeyalias: 'distrolab-demo',
      identitiesonly: 'yes',
      stricthostkeychecking: 'true',
      globalknownhostsfile: '/dev/null',
    })
  })

  test('tells several machines of a lab apart', async () => {
    const hosts = [host(), host({ alias: sshAlias('demo', 'target'), port: 22_002 })]
    const config = await written(workspace(), hosts)
    expect((await understood(config, 'demo')).get('port')).toBe('22001')
    expect((await understood(config, 'demo-target')).get('port')).toBe('22002')
  })

  test('logs in with it, whatever the path, by the very command that is shown', async () => {
    server = await startSshServer()
    const config = await written(workspace(), [host({ port: server.port, hostKey: server.hostKey })])
    const { stdout } = await run('/bin/sh', [
      '-c',
      `${sshCommand(config, 'demo')} 'echo $((6 * 7))' </dev/null`,
    ])
    expect(stdout).toBe('42')
  })

  test('refuses a machine with another host key', async () => {
    server = await startSshServer()
    const config = await written(workspace(), [
      host({ port: server.port, hostKey: withoutComment(newKey().public) }),
    ])
    const error = await errorOf(run('ssh', ['-F', config, '-o', 'BatchMode=yes', 'demo', 'true']))
    expect(error).toMatchObject({
      failure: { exitCode: 255, stderr: expect.stringContaining('HOST IDENTIFICATION HAS CHANGED') },
    })
  })

  test('pins what it is shown where nothing is pinned yet, in the file of the lab only', async () => {
    server = await startSshServer()
    const config = await written(workspace(), [host({ port: server.port, hostKey: null })])
    await run('ssh', ['-F', config, '-o', 'BatchMode=yes', 'demo', 'true'])
    expect(await readFile(join(config, '../known_hosts'), 'utf8')).toContain(server.hostKey)
  })
})

test('the files are for their owner only', async () => {
  const config = await written(workspace(), [host()])
  for (const name of ['config', 'known_hosts']) {
    expect((await stat(join(config, '..', name))).mode & 0o777).toBe(0o600)
  }
})

test('writing them again replaces what was pinned before', async () => {
  const space = workspace()
  await written(space, [host({ hostKey: 'ssh-ed25519 OLD' })])
  const config = await written(space, [host({ hostKey: 'ssh-ed25519 NEW' })])
  expect(await readFile(join(config, '../known_hosts'), 'utf8')).toBe('distrolab-demo ssh-ed25519 NEW\n')
})
