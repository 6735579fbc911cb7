import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, jest, test } from '@jest/globals'
import { currentProcess, identifyProcess, livenessOf } from '../../backend/process-identity.js'

jest.setTimeout(60_000)
/** Has threads, and memory that it takes time to give back. */
const HOLDER = `
const memory = Buffer.alloc(200e6, 1)
const server = require('node:net').createServer()
server.listen(0, '127.0.0.1', () => console.log(server.address().port, memory.length))`

const canBind = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })

test('who is this process lives', () => {
  expect(livenessOf(currentProcess())).toBe('alive')
})

test('a killed process is not gone before it has let go of what it held', async () => {
  const bound: boolean[] = []
  for (let round = 0; round < 8; round++) {
    const holder = spawn(process.execPath, ['-e', HOLDER], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = (await once(holder.stdout, 'data')) as [Buffer]
    const identity = identifyProcess(holder.pid ?? -1)
    if (identity === undefined) throw new Error('the holder runs')
    holder.kill('SIGSTOP')
    holder.kill('SIGKILL')
    // Without giving way: our own event loop would reap it.
    while (livenessOf(identity) === 'alive');
    expect(livenessOf(identity)).toBe('dead')
    bound.push(await canBind(parseInt(String(said), 10)))
  }
  expect(bound).toEqual(bound.map(() => true))
})
