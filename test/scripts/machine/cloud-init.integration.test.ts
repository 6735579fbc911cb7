import { describe, expect, test } from '@jest/globals'
import type { ServerChannel } from 'ssh2'
import type { Connection } from '../../../scripts/machine/connect.js'
import { waitForCloudInit } from '../../../scripts/machine/cloud-init.js'
import { errorOf, faultOf, until } from '../../support/cli/support.js'
import { status } from '../../support/machine/cloud-init-status.js'
import { useConnections } from '../../support/machine/closing.js'
import type { SshServer } from '../../support/machine/ssh-server.js'

const connected = useConnections()

/** A machine whose status file the test writes by hand. */
async function machine(): Promise<{
  connection: Connection
  server: SshServer
  channel: () => Promise<ServerChannel>
}> {
  let opened: ServerChannel | undefined
  const open = await connected((channel) => (opened = channel))
  return { ...open, channel: () => until(() => opened, 'the command') }
}

const options = (changes: { timeoutMs?: number; signal?: AbortSignal } = {}) => {
  const stages: string[] = []
  const onStage = (stage: string): void => void stages.push(stage)
  const signal = new AbortController().signal
  return { stages, wait: { lab: 'demo', machine: 'main', timeoutMs: 60_000, signal, onStage, ...changes } }
}
const line = (...args: Parameters<typeof status>): string => `${JSON.stringify(status(...args))}\n`

describe('waiting for cloud-init', () => {
  test('tells each stage as it comes, also when a line arrives in pieces, and ends with its outcome', async () => {
    const { connection, channel } = await machine()
    const { stages, wait } = options()
    const outcome = waitForCloudInit(connection, wait)
    const remote = await channel()
    const first = line({ init: { start: 1 } })
    remote.write(first.slice(0, 40))
    remote.write(first.slice(40))
    await until(() => stages.length === 1, 'the first stage')
    remote.write(line({ 'modules-final': { start: 2, recoverable_errors: { WARNING: ['slow'] } } }))
    remote.exit(0)
    remote.end()
    expect(await outcome).toEqual({ status: 'degraded', warnings: ['slow'] })
    expect(stages).toEqual(['network stage', 'final stage'])
  })

  test('of an image that has none is over at once', async () => {
    const { connection, channel } = await machine()
    const outcome = waitForCloudInit(connection, options().wait)
    const remote = await channel()
    remote.exit(0)
    remote.end()
    expect(await outcome).toEqual({ status: 'done', warnings: [] })
  })

  test('fails with the errors of cloud-init', async () => {
    const { connection, channel } = await machine()
    const fault = faultOf(waitForCloudInit(connection, options().wait))
    const remote = await channel()
    remote.write(line({ init: { errors: ['no network'] } }))
    remote.exit(0)
    remote.end()
    expect(await fault).toMatchObject({ code: 'cloud-init-failed', errors: ['no network'] })
  })

  test('that runs out says the stage it was in', async () => {
    const { connection, channel } = await machine()
    const { stages, wait } = options({ timeoutMs: 1_500 })
    const fault = faultOf(waitForCloudInit(connection, wait))
    const remote = await channel()
    remote.write(line({ 'modules-config': { start: 1 } }))
    await until(() => stages.length === 1, 'the stage')
    expect(await fault).toEqual({
      code: 'cloud-init-timeout',
      lab: 'demo',
      machine: 'main',
      seconds: 2,
      stage: 'config stage',
    })
  })

  test('is ended by an abort with its own reason', async () => {
    const { connection, channel } = await machine()
    const controller = new AbortController()
    const ending = errorOf(waitForCloudInit(connection, options({ signal: controller.signal }).wait))
    await channel()
    const reason = new Error('Ctrl-C')
    controller.abort(reason)
    expect(await ending).toBe(reason)
  })

  test('is an error when the connection is lost meanwhile', async () => {
    const { connection, server, channel } = await machine()
    const ending = errorOf(waitForCloudInit(connection, options().wait))
    await channel()
    await server.close()
    expect(String(await ending)).toContain('connection was lost')
  })
})
