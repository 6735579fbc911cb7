import { expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { startAttached } from '../../local-vm/run.js'
import { waitUntil } from '../stand-in/lab-cli.js'

const MODULE = pathToFileURL(fileURLToPath(new URL('../../local-vm/run.js', import.meta.url))).href

/** A number of seconds that no other process sleeps. */
const unique = (): string => `${1000 + Math.floor(Math.random() * 1e6)}.${process.pid}`

const sleepers = (seconds: string): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${seconds}\0`
      } catch {
        return false
      }
    }).length

test('a program that is attached ends when its parent is killed', async () => {
  const seconds = unique()
  const code = `import { startAttached } from '${MODULE}'
await startAttached('sleep', ['${seconds}'], '${tmpdir()}', false)
setInterval(() => undefined, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' })
  const ended = once(parent, 'exit')
  await waitUntil('the program', () => Promise.resolve(sleepers(seconds) === 1))
  parent.kill('SIGKILL')
  await ended
  await waitUntil('its end', () => Promise.resolve(sleepers(seconds) === 0))
})

test('it ends when it is asked to, and says why it ended by itself', async () => {
  const seconds = unique()
  const attached = await startAttached('sleep', [seconds], tmpdir(), true)
  await waitUntil('the program', () => Promise.resolve(sleepers(seconds) === 1))
  await attached.end()
  expect(sleepers(seconds)).toBe(0)
  const failing = await startAttached('sh', ['-c', 'echo no such disk >&2; exit 3'], tmpdir(), false)
  expect(await failing.ended).toBe('no such disk\n')
  await failing.end()
})
