import { beforeEach, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { ServerChannel } from 'ssh2'
import { connectOnce, type Connection } from '../../../scripts/machine/connect.js'
import { remoteCommand, runRemote } from '../../../scripts/machine/remote.js'
import { captureRemote } from '../../support/machine/capture.js'
import { quoteForShell } from '../../../scripts/machine/shell.js'
import { errorOf, faultOf, until } from '../../support/cli/support.js'
import { startFreezer } from '../../support/machine/freezer.js'
import { useClosing } from '../../support/machine/closing.js'
import { newIdentity } from '../../support/machine/identity.js'
import {
  startSshServer,
  targetAt,
  type ServerOptions,
  type SshServer,
} from '../../support/machine/ssh-server.js'

const identity = newIdentity()
const TIMEOUTS = { banner: 20_000, login: 20_000 }
const closing = useClosing()
let controller: AbortController
beforeEach(() => {
  controller = new AbortController()
})

/** Faults of a connection that is gone. */
const LOST = {
  code: 'ssh-failed',
  lab: 'demo',
  machine: 'main',
  reason: 'the connection was lost while the command ran',
}
const NOT_STARTED = { ...LOST, reason: expect.stringContaining('the machine could not start the command') }

const serve = async (options: ServerOptions = {}): Promise<SshServer> =>
  closing(await startSshServer(options))

/** Connected as commands do it: the same signal for the connection and for what runs on it. */
async function connected(port: number, keepAlive?: number): Promise<Connection> {
  const timeouts = keepAlive === undefined ? TIMEOUTS : { ...TIMEOUTS, keepAlive }
  const connection = await connectOnce(targetAt(port, identity), timeouts, controller.signal)
  closing({ close: async () => connection.end() })
  return connection
}

describe('a command', () => {
  test('gives its output, byte for byte, and its exit code', async () => {
    const connection = await connected((await serve()).port)
    expect(await captureRemote(connection, 'printf "a\\n\\303\\244"; echo b >&2; exit 7')).toEqual({
      exitCode: 7,
      stdout: 'a\nä',
      stderr: 'b\n',
    })
    expect((await captureRemote(connection, 'true')).exitCode).toBe(0)
  })

  test.each([
    ['INT', 130],
    ['KILL', 137],
    ['TERM', 143],
  ])('that SIG%s ended gives %d, as a shell would say', async (name, exitCode) => {
    const connection = await connected((await serve()).port)
    expect((await captureRemote(connection, `kill -${name} $$`)).exitCode).toBe(exitCode)
  })

  test('reads the input it is given, or end-of-file', async () => {
    const connection = await connected((await serve()).port)
    const stdin = new PassThrough()
    const chunks: Buffer[] = []
    const ending = runRemote(connection, 'cat; exit 3', { stdin, onStdout: (chunk) => chunks.push(chunk) })
    stdin.write('first ')
    await until(() => chunks.length > 0, 'the echo')
    stdin.end('second')
    expect(await ending).toBe(3)
    expect(Buffer.concat(chunks).toString()).toBe('first second')
    expect((await captureRemote(connection, 'cat; echo end')).stdout).toBe('end\n')
  })

  test('with much output loses none of it', async () => {
    const connection = await connected((await serve()).port)
    const { stdout } = await captureRemote(connection, 'seq 1 200000')
    expect(stdout.length).toBe(1_288_895)
    expect(stdout.endsWith('\n200000\n')).toBe(true)
  })

  test('whose connection is lost is an error, never an exit code', async () => {
    const server = await serve({ exec: (channel) => void channel.write('going on') })
    const connection = await connected(server.port)
    let said = ''
    const ending = errorOf(runRemote(connection, 'x', { onStdout: (chunk) => (said += chunk.toString()) }))
    await until(() => said !== '', 'the command')
    await server.close()
    expect(await ending).toMatchObject({ fault: LOST })
  })

  test('on a machine that goes silent ends with that error; one that only has nothing to say goes on', async () => {
    const server = await serve({ exec: (channel) => void channel.write('going on') })
    const proxy = closing(await startFreezer(server.port))
    const connection = await connected(proxy.port, 50)
    let isOver = false
    const ending = errorOf(runRemote(connection, 'x')).finally(() => (isOver = true))
    await sleep(1_000)
    expect(isOver).toBe(false)
    proxy.freeze()
    expect(await ending).toMatchObject({ fault: LOST })
  })

  test('that is sent on a connection that has ended is that error, too', async () => {
    const server = await serve()
    const connection = await connected(server.port)
    connection.end()
    await until(() => server.open() === 0, 'the end')
    expect(await faultOf(runRemote(connection, 'true'))).toMatchObject(NOT_STARTED)
  })

  test('that a machine falls silent over, before it has begun, is that error, too', async () => {
    const server = await serve()
    const proxy = closing(await startFreezer(server.port))
    const connection = await connected(proxy.port, 50)
    proxy.freeze()
    expect(await faultOf(runRemote(connection, 'true'))).toMatchObject(NOT_STARTED)
  })
})

describe('an abort', () => {
  const hang = (channel: ServerChannel): void => void channel.write('started')

  test.each([
    ['without input', false],
    ['with input', true],
  ])('%s reaches the command as SIGINT, and ends the wait with its own reason', async (_what, withInput) => {
    const signals: string[] = []
    const server = await serve({ exec: hang, onSignal: (name) => signals.push(name) })
    const connection = await connected(server.port)
    let said = ''
    const ending = errorOf(
      runRemote(connection, 'sleep 600', {
        ...(withInput ? { stdin: new PassThrough() } : {}),
        signal: controller.signal,
        onStdout: (chunk) => (said += chunk.toString()),
      }),
    )
    await until(() => said === 'started', 'the command')
    const reason = new Error('Ctrl-C')
    controller.abort(reason)
    expect(await ending).toBe(reason)
    connection.end()
    await until(() => signals.length > 0, 'the signal at the machine')
    expect(signals).toEqual(['INT'])
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('ends the wait even when the machine is frozen', async () => {
    const server = await serve({ exec: hang })
    const proxy = closing(await startFreezer(server.port))
    const connection = await connected(proxy.port)
    let said = ''
    const ending = errorOf(
      runRemote(connection, 'x', {
        signal: controller.signal,
        onStdout: (chunk) => (said += chunk.toString()),
      }),
    )
    await until(() => said === 'started', 'the command')
    proxy.freeze()
    const reason = new Error('Ctrl-C')
    const aborted = performance.now()
    controller.abort(reason)
    expect(await ending).toBe(reason)
    expect(performance.now() - aborted).toBeLessThan(5_000)
  })

  test('that came before the command starts nothing', async () => {
    const started: string[] = []
    const server = await serve({ exec: (_channel, command) => started.push(command) })
    const connection = await connected(server.port)
    const reason = new Error('Ctrl-C')
    expect(await errorOf(runRemote(connection, 'x', { signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect(started).toEqual([])
  })
})

const NASTY = [
  ...[
    'plain',
    '',
    ' ',
    'a b',
    '$HOME',
    '`id`',
    '$(id)',
    "it's",
    '"quoted"',
    "''",
    '\\',
    'a\\nb',
    'two\nlines',
  ],
  ...[
    '*',
    '?',
    '[a]',
    '{a,b}',
    '~',
    '~root',
    '#no',
    '!x',
    ';',
    '&&',
    '|',
    '>',
    '<',
    '(',
    ')',
    '-n',
    '--',
    'ä€😀',
  ],
  ...['%s', '\t', "'\\''", '=x', 'A=b', '$', '$$', '-', '--flag=value with space'],
]

describe('the words of exec', () => {
  test.each(NASTY)('%j reaches a program through a real shell as it is', async (word) => {
    const command = remoteCommand(['printf', '%s', word])
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command])
    expect(stdout).toBe(word)
  })

  test('all together stay apart', async () => {
    const command = remoteCommand(['printf', '<%s>', ...NASTY])
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command])
    expect(stdout).toBe(NASTY.map((word) => `<${word}>`).join(''))
  })

  test('a single word is a command line for the shell of the machine, as with ssh', async () => {
    expect(remoteCommand(['echo a | tr a b'])).toBe('echo a | tr a b')
    expect(remoteCommand(['uname', '-r'])).toBe('uname -r')
  })

  test('plain words stay readable', () => {
    expect(['/usr/bin/env', 'a=b', 'x@y:1,2', '50%'].map(quoteForShell)).toEqual([
      ...['/usr/bin/env', 'a=b', 'x@y:1,2', '50%'],
    ])
  })
})
