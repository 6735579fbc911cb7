import { describe, expect, test } from '@jest/globals'
import { getEventListeners } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuthContext } from 'ssh2'
import { connectOnce, SshError, type SshTarget } from '../../../scripts/machine/connect.js'
import type { Identity } from '../../../scripts/machine/key.js'
import { withoutComment } from '../../../scripts/machine/public-key.js'
import { errorOf, faultOf, temporaryFolder, until } from '../../support/cli/support.js'
import { useClosing } from '../../support/machine/closing.js'
import { newIdentity } from '../../support/machine/identity.js'
import { makeKey, startAgent } from '../../support/machine/ssh-agent.js'
import { startFreezer } from '../../support/machine/freezer.js'
import {
  allClosed,
  closedPort,
  newKey,
  startRawServer,
  startSshServer,
  targetAt,
} from '../../support/machine/ssh-server.js'

const identity = newIdentity()
const TIMEOUTS = { banner: 20_000, login: 20_000 }
const never = (): AbortSignal => new AbortController().signal
const BANNER = 'SSH-2.0-OpenSSH_9.9\r\n'

/** Never answers the question with our key; the one before, without any, is refused as sshd does. */
const hesitate = (context: AuthContext): void =>
  context.method === 'publickey' ? undefined : context.reject(['publickey'])

const closing = useClosing()

async function stageOf(target: SshTarget, timeouts = TIMEOUTS): Promise<string> {
  const error = await errorOf(connectOnce(target, timeouts, never()))
  if (error instanceof SshError) return error.stage
  throw error
}

describe('how far an attempt came', () => {
  test('nobody listens: refused', async () => {
    expect(await stageOf(targetAt(await closedPort(), identity))).toBe('refused')
  })

  test('a name that means nothing: unreachable', async () => {
    expect(await stageOf(targetAt(22, identity, { address: 'nosuch.invalid' }))).toBe('unreachable')
  })

  test('open but silent, as a forwarded port is long before the machine behind it: handshake', async () => {
    const server = closing(await startRawServer(() => undefined))
    const error = await errorOf(
      connectOnce(targetAt(server.port, identity), { ...TIMEOUTS, banner: 150 }, never()),
    )
    expect(error).toMatchObject({ stage: 'handshake', reason: 'no answer within 150 ms' })
    await allClosed(server)
  })

  test('a banner and then nothing: handshake, after the time for the login', async () => {
    const server = closing(await startRawServer((socket) => void socket.write(BANNER)))
    expect(await stageOf(targetAt(server.port, identity), { banner: 20_000, login: 300 })).toBe('handshake')
    await allClosed(server)
  })

  test.each([
    ['at once', ''],
    ['after its banner', BANNER],
    ['after something that is not SSH', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ])('closed %s: handshake', async (_when, text) => {
    const server = closing(await startRawServer((socket) => void socket.end(text)))
    expect(await stageOf(targetAt(server.port, identity))).toBe('handshake')
  })

  test('cut off in the middle of the banner: handshake', async () => {
    const server = closing(
      await startRawServer((socket) => void socket.write('SSH-2', () => socket.resetAndDestroy())),
    )
    expect(await stageOf(targetAt(server.port, identity))).toBe('handshake')
  })

  test('a key that is not accepted: authentication', async () => {
    const server = closing(await startSshServer({ authenticate: (context) => context.reject(['publickey']) }))
    expect(await stageOf(targetAt(server.port, identity))).toBe('authentication')
    await allClosed(server)
  })

  test('a login that is never answered: authentication, after the time for the login', async () => {
    const server = closing(await startSshServer({ authenticate: hesitate }))
    expect(await stageOf(targetAt(server.port, identity), { banner: 20_000, login: 1_500 })).toBe(
      'authentication',
    )
    await allClosed(server)
  })
})

describe('a login', () => {
  test('proves our key and gives the host key for pinning', async () => {
    const server = closing(await startSshServer())
    const connection = await connectOnce(targetAt(server.port, identity), TIMEOUTS, never())
    expect(connection.hostKey).toBe(server.hostKey)
    expect(new Set(server.offered)).toEqual(new Set([identity.publicKey]))
    connection.end()
    await allClosed(server)
  })

  test('works with the pinned host key', async () => {
    const server = closing(await startSshServer())
    const target = targetAt(server.port, identity, { hostKey: server.hostKey })
    const connection = await connectOnce(target, TIMEOUTS, never())
    connection.end()
  })

  test('with another host key than the pinned one is refused before our key is offered', async () => {
    const server = closing(await startSshServer())
    const pinned = withoutComment(newKey().public)
    const target = targetAt(server.port, identity, { hostKey: pinned })
    expect(await faultOf(connectOnce(target, TIMEOUTS, never()))).toEqual({
      code: 'host-key-changed',
      lab: 'demo',
      machine: 'main',
      expected: pinned,
      got: server.hostKey,
      isLocal: true,
    })
    expect(server.offered).toEqual([])
    await allClosed(server)
  })

  test('with a key file that is gone is a fault that names it', async () => {
    const server = closing(await startSshServer())
    const gone = newIdentity()
    await rm(gone.file)
    const fault = await faultOf(connectOnce(targetAt(server.port, gone), TIMEOUTS, never()))
    expect(fault).toMatchObject({ code: 'key-unreadable', path: gone.file })
  })
})

test('a key file that holds no key any more is a fault that names it, before the machine is asked', async () => {
  const damaged = newIdentity()
  await writeFile(damaged.file, 'damaged')
  expect(await faultOf(connectOnce(targetAt(1, damaged), TIMEOUTS, never()))).toMatchObject({
    code: 'key-unreadable',
    path: damaged.file,
    reason: expect.stringContaining('Unsupported key format'),
  })
})

describe('a key in an agent', () => {
  async function agentWith(keys: number): Promise<{ identities: Identity[]; socket: string }> {
    const root = temporaryFolder()
    const agent = await startAgent(root)
    closing({ close: () => agent.stop() })
    const identities: Identity[] = []
    for (let n = 0; n < keys; n++) {
      const file = join(root, `id-${n}`)
      const publicKey = await makeKey(file)
      await agent.add(file)
      identities.push({ source: 'agent', file: `${file}.pub`, publicKey })
    }
    return { identities, socket: agent.socket }
  }

  test('is the only one that is offered, of however many the agent holds', async () => {
    const { identities, socket } = await agentWith(8)
    const wanted = identities[6] as Identity
    const server = closing(
      await startSshServer({
        authenticate(context) {
          if (context.method !== 'publickey') context.reject(['publickey'])
          else if (context.key.data.toString('base64') === wanted.publicKey.split(' ')[1]) context.accept()
          else context.reject(['publickey'])
        },
      }),
    )
    const target = targetAt(server.port, wanted, { agentSocket: socket })
    const connection = await connectOnce(target, TIMEOUTS, never())
    connection.end()
    expect(server.offered).toEqual([wanted.publicKey])
  })

  test('that the agent holds no more is an authentication that failed', async () => {
    const { socket } = await agentWith(1)
    const server = closing(await startSshServer())
    const other: Identity = { ...newIdentity(), source: 'agent' }
    expect(await stageOf(targetAt(server.port, other, { agentSocket: socket }))).toBe('authentication')
    expect(server.offered).toEqual([])
  })

  test('without an agent is said at once', async () => {
    const other: Identity = { ...newIdentity(), source: 'agent' }
    expect(await faultOf(connectOnce(targetAt(1, other), TIMEOUTS, never()))).toEqual({
      code: 'key-not-in-agent',
      path: other.file,
      agent: false,
    })
  })

  test('behind an agent that does not answer is said, whatever the machine does', async () => {
    const server = closing(await startSshServer())
    const other: Identity = { ...newIdentity(), source: 'agent' }
    const socket = join(temporaryFolder(), 'dead.sock')
    const target = targetAt(server.port, other, { agentSocket: socket })
    expect(await faultOf(connectOnce(target, TIMEOUTS, never()))).toMatchObject({
      code: 'agent-unreachable',
      socket,
    })
  })
})

describe('an abort', () => {
  const reason = new Error('Ctrl-C')

  test.each([
    ['while nobody has said anything', async () => startRawServer(() => undefined)],
    ['during the handshake', async () => startRawServer((socket) => void socket.write(BANNER))],
    ['during the login', async () => startSshServer({ authenticate: hesitate })],
  ])('%s ends the attempt at once and leaves nothing behind', async (_when, start) => {
    const server = closing<{ port: number; open(): number; connections(): number; close(): Promise<void> }>(
      await start(),
    )
    const controller = new AbortController()
    const attempt = errorOf(connectOnce(targetAt(server.port, identity), TIMEOUTS, controller.signal))
    await until(() => server.connections() === 1, 'the connection')
    // The login is asked for a moment later; there is nothing to see of it from outside before.
    if ('offered' in server) await until(() => (server.offered as string[]).length > 0, 'the login')
    const aborted = performance.now()
    controller.abort(reason)
    expect(await attempt).toBe(reason)
    expect(performance.now() - aborted).toBeLessThan(2_000)
    await allClosed(server)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('before the attempt prevents it', async () => {
    const server = closing(await startSshServer())
    const attempt = connectOnce(targetAt(server.port, identity), TIMEOUTS, AbortSignal.abort(reason))
    expect(await errorOf(attempt)).toBe(reason)
    expect(server.connections()).toBe(0)
  })

  test('after many attempts finds no listener of them, of the good ones and of the failed', async () => {
    const server = closing(await startSshServer())
    const silent = closing(await startRawServer((socket) => void socket.end()))
    const { signal } = new AbortController()
    for (let n = 0; n < 12; n++) {
      await errorOf(connectOnce(targetAt(silent.port, identity), TIMEOUTS, signal))
      const connection = await connectOnce(targetAt(server.port, identity), TIMEOUTS, signal)
      connection.end()
      await allClosed(server)
    }
    await until(() => getEventListeners(signal, 'abort').length === 0, 'the last listener to go')
  })
})

test('ending a connection whose machine is frozen closes it all the same', async () => {
  const server = closing(await startSshServer())
  const proxy = closing(await startFreezer(server.port))
  const connection = await connectOnce(targetAt(proxy.port, identity), TIMEOUTS, never())
  let closed = false
  connection.client.on('close', () => (closed = true))
  proxy.freeze()
  connection.end()
  await until(() => closed, 'the socket to close')
})
