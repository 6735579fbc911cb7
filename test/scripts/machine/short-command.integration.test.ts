import { beforeEach, describe, expect, test } from '@jest/globals'
import { getEventListeners } from 'node:events'
import type { ServerChannel } from 'ssh2'
import { runShort } from '../../../scripts/machine/short-command.js'
import { errorOf, faultOf, until } from '../../support/cli/support.js'
import { useConnections } from '../../support/machine/closing.js'

const connected = useConnections()
let controller: AbortController
beforeEach(() => {
  controller = new AbortController()
})

describe('a short command', () => {
  test('gives what it said and its exit code', async () => {
    const { connection } = await connected((channel) => {
      channel.write('ä\n')
      channel.stderr.write('no\n')
      channel.exit(7)
      channel.end()
    })
    const answer = await runShort(connection, 'x', controller.signal)
    expect(answer).toEqual({ exitCode: 7, stdout: 'ä', stderr: 'no' })
  })

  test('that a signal ended gives what a shell would say', async () => {
    const { connection } = await connected((channel) => {
      channel.exit('TERM')
      channel.end()
    })
    expect((await runShort(connection, 'x', controller.signal)).exitCode).toBe(143)
  })

  test('whose connection is lost is an error, never an exit code', async () => {
    let opened: ServerChannel | undefined
    const { connection, server } = await connected((channel) => (opened = channel))
    const ending = faultOf(runShort(connection, 'x', controller.signal))
    await until(() => opened, 'the command')
    await server.close()
    expect(await ending).toMatchObject({
      code: 'ssh-failed',
      reason: 'the connection was lost while the command ran',
    })
  })

  test('that is sent on a connection that has ended is an error, too', async () => {
    const { connection, server } = await connected(() => undefined)
    connection.end()
    await until(() => server.open() === 0, 'the end')
    expect(await faultOf(runShort(connection, 'x', controller.signal))).toMatchObject({
      code: 'ssh-failed',
      reason: expect.stringContaining('the machine could not start the command'),
    })
  })

  test('of a machine that talks without end is given up', async () => {
    const { connection, server } = await connected((channel) => {
      const talk = (): void => {
        while (channel.writable && channel.write(Buffer.alloc(64 * 1024, 'x')));
      }
      channel.on('drain', talk)
      talk()
    })
    const fault = await faultOf(runShort(connection, 'x', controller.signal))
    expect(fault).toMatchObject({
      code: 'ssh-failed',
      reason: 'the answer to a short command was longer than 1 MiB',
    })
    connection.end()
    await until(() => server.open() === 0, 'the end')
  })
})

describe('an abort of a short command', () => {
  const reason = new Error('Ctrl-C')

  test('reaches it as SIGINT, and ends the wait with its own reason', async () => {
    const signals: string[] = []
    let opened: ServerChannel | undefined
    const { connection } = await connected((channel) => (opened = channel), {
      onSignal: (name) => signals.push(name),
    })
    const ending = errorOf(runShort(connection, 'x', controller.signal))
    await until(() => opened, 'the command')
    controller.abort(reason)
    expect(await ending).toBe(reason)
    connection.end()
    await until(() => signals.length > 0, 'the signal at the machine')
    expect(signals).toEqual(['INT'])
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('ends the wait for a channel that the machine does not open', async () => {
    const { connection } = await connected(() => undefined)
    connection.client.exec = () => connection.client
    const ending = errorOf(runShort(connection, 'x', controller.signal))
    controller.abort(reason)
    expect(await ending).toBe(reason)
  })
})
