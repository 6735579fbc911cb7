import { randomUUID } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { afterEach, expect, test } from '@jest/globals'
import { findProcesses, killProcesses } from '../../local-vm/machine/process-table.js'

const children: ChildProcess[] = []
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')))

/** A process that has this word on its command line; it is there when this returns. */
function startNamed(name: string): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)', '--', name])
  children.push(child)
  return child
}

const pidsOf = async (name: string): Promise<number[]> =>
  (await findProcesses((words) => words.includes(name))).map(({ identity }) => identity.pid)

test('of many that are looked for at once, each is found by who asked for it', async () => {
  const names = Array.from({ length: 5 }, () => randomUUID())
  const pids = names.map((name) => startNamed(name).pid)
  expect(await Promise.all(names.map(pidsOf))).toEqual(pids.map((pid) => [pid]))
})

test('a process that starts after one question and before the next is found by the next', async () => {
  const [first, second] = [randomUUID(), randomUUID()]
  const { pid } = startNamed(first)
  const asked = pidsOf(first)
  const later = startNamed(second).pid
  expect(await Promise.all([asked, pidsOf(second)])).toEqual([[pid], [later]])
})

test('one that was killed is not found by a question asked afterwards', async () => {
  const name = randomUUID()
  const { pid } = startNamed(name)
  const found = await findProcesses((words) => words.includes(name))
  expect(found.map(({ identity }) => identity.pid)).toEqual([pid])
  await killProcesses(found)
  expect(await pidsOf(name)).toEqual([])
})
