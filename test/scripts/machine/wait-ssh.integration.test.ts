import { describe, expect, test } from '@jest/globals'
import { getEventListeners } from 'node:events'
import type { SshTarget } from '../../../scripts/machine/connect.js'
import { waitForSsh, type WaitOptions } from '../../../scripts/machine/wait-ssh.js'
import { withoutComment } from '../../../scripts/machine/public-key.js'
import { errorOf, faultOf, until } from '../../support/cli/support.js'
import { useClosing } from '../../support/machine/closing.js'
import { newIdentity } from '../../support/machine/identity.js'
import {
  allClosed,
  closedPort,
  newKey,
  startRawServer,
  startSshServer,
  targetAt,
} from '../../support/machine/ssh-server.js'

const identity = newIdentity()
const closing = useClosing()

function waiting(changes: Partial<WaitOptions> = {}): { seen: string[]; options: WaitOptions } {
  const seen: string[] = []
  const options: WaitOptions = {
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    onSeen: (text) => seen.push(text),
    consoleTail: async () => '',
    ...changes,
  }
  return { seen, options }
}

describe('the wait', () => {
  test('goes on through all that a booting machine shows, and tells each thing once', async () => {
    const port = await closedPort()
    const { seen, options } = waiting()
    const connected = waitForSsh(targetAt(port, identity), options)
    await until(() => seen.length === 1, 'the closed port')

    const deaf = await startRawServer((socket) => void socket.end(), port)
    await until(() => seen.length === 2 && deaf.connections() > 2, 'the port that only opens')
    await deaf.close()

    // On the way it may be refused once more, between the two servers.
    const server = closing(
      await startSshServer({
        port,
        authenticate(context, connection) {
          if (context.method === 'publickey' && connection > 2) context.accept()
          else context.reject(['publickey'])
        },
      }),
    )
    const connection = await connected
    connection.end()
    expect(connection.hostKey).toBe(server.hostKey)
    const told = seen.filter((text, index) => index < 2 || text !== 'connection refused')
    expect(told).toEqual([
      'connection refused',
      'port open, no SSH handshake yet',
      'SSH answers, key not accepted yet',
    ])
  })

  test('gives a machine that accepts and then says nothing up after a short while, and tries anew', async () => {
    const { seen, options } = waiting()
    const server = closing(await startRawServer(() => undefined))
    const controller = new AbortController()
    const ending = errorOf(
      waitForSsh(targetAt(server.port, identity), { ...options, signal: controller.signal }),
    )
    await until(() => server.connections() >= 2, 'a second attempt')
    controller.abort(new Error('enough'))
    await ending
    expect(seen).toEqual(['port open, no SSH handshake yet'])
  })

  test('that runs out says what was seen last and shows the end of the console', async () => {
    const server = closing(await startRawServer((socket) => void socket.end()))
    const { options } = waiting({ timeoutMs: 1_000, consoleTail: async () => 'Kernel panic\n- not syncing' })
    expect(await faultOf(waitForSsh(targetAt(server.port, identity), options))).toEqual({
      code: 'ssh-timeout',
      lab: 'demo',
      machine: 'main',
      seconds: 1,
      lastSeen: 'port open, no SSH handshake yet',
      console: 'Kernel panic\n- not syncing',
    })
    await allClosed(server)
  })

  test('tries once even when there is no time at all', async () => {
    const { options } = waiting({ timeoutMs: 0 })
    const fault = await faultOf(waitForSsh(targetAt(await closedPort(), identity), options))
    expect(fault).toMatchObject({ code: 'ssh-timeout', lastSeen: 'connection refused', console: '' })
  })

  test('ends at once on a changed host key, because no wait can mend that', async () => {
    const server = closing(await startSshServer())
    const target: SshTarget = targetAt(server.port, identity, { hostKey: withoutComment(newKey().public) })
    expect((await faultOf(waitForSsh(target, waiting().options))).code).toBe('host-key-changed')
    expect(server.connections()).toBe(1)
  })
})

describe('an abort', () => {
  test.each([
    ['between two attempts', async () => startRawServer((socket) => void socket.end())],
    ['during one', async () => startRawServer(() => undefined)],
  ])('%s ends the wait with its own reason', async (_when, start) => {
    const server = closing(await start())
    const controller = new AbortController()
    const { seen, options } = waiting({ signal: controller.signal })
    const ending = errorOf(waitForSsh(targetAt(server.port, identity), options))
    await until(() => seen.length > 0, 'the first attempt')
    const reason = new Error('Ctrl-C')
    const aborted = performance.now()
    controller.abort(reason)
    expect(await ending).toBe(reason)
    expect(performance.now() - aborted).toBeLessThan(1_000)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('is listened for by one attempt at a time, however many there were', async () => {
    const { signal } = new AbortController()
    const most: number[] = []
    const server = closing(
      await startRawServer((socket) => {
        most.push(getEventListeners(signal, 'abort').length)
        socket.end()
      }),
    )
    await errorOf(waitForSsh(targetAt(server.port, identity), waiting({ signal, timeoutMs: 4_000 }).options))
    expect(most.length).toBeGreaterThan(11)
    expect(Math.max(...most)).toBeLessThanOrEqual(2)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
