import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { sendSignal } from '../../backend/send-signal.js'

test.each([
  ['a process', 1],
  ['a process group', -1],
])('a signal to %s reaches it; one that has ended is no error', async (_what, sign) => {
  const child = spawn('sleep', ['60'], { detached: true })
  const ended = once(child, 'exit')
  const pid = sign * (child.pid ?? 0)
  expect(sendSignal(pid, 0)).toBe(true)
  expect(sendSignal(pid, 'SIGTERM')).toBe(true)
  expect(await ended).toEqual([null, 'SIGTERM'])
  expect(sendSignal(pid, 'SIGTERM')).toBe(false)
})

test('a number that is no process is no end of one', () => {
  expect(() => sendSignal(NaN, 'SIGTERM')).toThrow()
})
