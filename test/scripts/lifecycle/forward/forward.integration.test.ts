import { createServer, connect, type AddressInfo, type Server } from 'node:net'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import type { Sandbox } from '../../../stand-in/sandbox.js'
import { useExecPlace } from '../../../support/labs/exec-place.js'
import { LAB } from '../../../support/labs/stages.js'

jest.setTimeout(60_000)
let box: Sandbox
useExecPlace((place) => ({ box } = place))

let server: Server
let port: number
beforeEach(async () => {
  server = createServer((socket) => socket.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(() => void server.close())

const freePort = async (): Promise<number> => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const free = (other.address() as AddressInfo).port
  await new Promise((resolve) => other.close(resolve))
  return free
}

const readAll = (at: number): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(at, '127.0.0.1')
    socket.on('data', (chunk) => (text += String(chunk)))
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })

test('a port here leads to one of the machine until Ctrl-C, and is closed then', async () => {
  const here = await freePort()
  const cli = box.start(['forward', LAB, `${here}:${port}`])
  await cli.says('Ctrl-C ends it')
  expect(await readAll(here)).toBe('hello')
  cli.signal('SIGINT')
  expect((await cli.done).code).toBe(0)
  await expect(readAll(here)).rejects.toThrow('ECONNREFUSED')
})

test('a port that is taken is named, with a command that works', async () => {
  const run = await box.run(['forward', LAB, `${port}:80`, '-o', 'json'])
  expect(run.json()).toMatchObject({ error: { code: 'port-in-use', exitCode: 1 } })
  expect(run.stderr).toContain(`distrolab forward ${LAB} `)
})
