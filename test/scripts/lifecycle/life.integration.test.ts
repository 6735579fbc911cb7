import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { LabEvent, LabRecord } from '../../../backend/record-schema.js'
import { struckAt } from '../../stand-in/kill-point.js'
import { watchedInto } from '../../stand-in/record-watch.js'
import { Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(180_000)

/** A transition, as the record, the history or the log has it. */
interface Told {
  readonly move: string
  readonly step: string | null
  readonly command: string
  readonly by: string
  readonly pid: number
  readonly fence: number
}

let box: Sandbox
let written: readonly LabRecord[]
let history: readonly LabEvent[]
let logged: readonly (Told & { readonly timestamp: string })[]

const linesOf = async <T>(file: string): Promise<T[]> =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

/** From its first `up` to its end: used, swapped, reset, killed, interrupted, resumed, extended, expired and reaped. */
async function live(kept: string): Promise<void> {
  const watched = watchedInto(kept)
  const run = async (words: readonly string[], env: Record<string, string> = {}): Promise<number | null> => {
    const options = [env['NODE_OPTIONS'] ?? '', watched.NODE_OPTIONS].join(' ').trim()
    const { code, stderr } = await box.run(words, { env: { ...watched, ...env, NODE_OPTIONS: options } })
    if (code !== 0 && Object.keys(env).length === 0) throw new Error(`${words.join(' ')}: ${stderr}`)
    return code
  }
  expect(
    await run(['up', '--profile', LAB, '-v'], struckAt({ when: 'during', step: 'apply' }, 'kill -9')),
  ).toBe(null)
  await run(['up', LAB])
  await run(['exec', LAB, '--', 'true'])
  await run(['swap', LAB, 'debian-12'])
  await run(['reset', LAB])
  expect(await run(['reset', LAB, '-v'], struckAt({ when: 'during', step: 'restore' }, 'Ctrl-C'))).toBe(130)
  await run(['up', LAB])
  await run(['extend', LAB, '--ttl', '1ms'])
  await run(['reap'])
}

beforeAll(async () => {
  box = await Sandbox.make()
  const kept = join(box.root, 'records.jsonl')
  await live(kept)
  written = await linesOf<LabRecord>(kept)
  history = await box.events(LAB)
  const logs = join(box.home, 'logs')
  const [backend = ''] = await readdir(logs)
  const lines = await linesOf<Record<string, string>>(join(logs, backend, `${LAB}.jsonl`))
  logged = lines
    .filter(({ level, message = '' }) => level === 'info' && / -> /.test(message))
    .map(({ message, ...rest }) => ({ ...rest, move: message }) as unknown as (typeof logged)[number])
}, 300_000)
afterAll(() => box.remove())

/** By the states of the records alone, as they were written one after the other. */
function transitionsOf(records: readonly LabRecord[]): (Told & { readonly at: string })[] {
  return records.flatMap((record, i) => {
    const former = records[i - 1]
    if (former?.stateSince === record.stateSince && former.state === record.state) return []
    // Who begins or ends with a transition is on record before or after it.
    const { name = '', holder } = record.command ?? former?.command ?? {}
    const { user, host, pid = 0 } = holder ?? {}
    return {
      move: `${former?.state ?? 'new'} -> ${record.state}`,
      step: (former ?? record).step?.name ?? null,
      command: name,
      by: `${user}@${host}`,
      pid,
      fence: record.fence,
      at: record.stateSince,
    }
  })
}

test('a full life has every state that a command can be at work in, and its end', () => {
  const seen = new Set(written.map(({ state }) => state))
  const expected = ['provisioning', 'provisioned', 'configuring', 'ready', 'in-use', 'swapping', 'resetting']
  expect([...seen].sort()).toEqual([...expected, 'reset-failed', 'destroying', 'destroyed'].sort())
})

test('every transition of a full life is in the history, with time, step and holder', () => {
  const told = history
    .filter(({ kind }) => kind === 'transition')
    .map(({ from, to, step, command, holder: { user, host, pid }, fence, at }) => ({
      move: `${from ?? 'new'} -> ${to}`,
      step,
      command,
      by: `${user}@${host}`,
      pid,
      fence,
      at,
    }))
  expect(told).toEqual(transitionsOf(written))
})

test('and in the log, at info level', () => {
  const told = logged.map(({ move, step, command, by, pid, fence }) => ({
    move,
    step,
    command,
    by,
    pid,
    fence,
  }))
  expect(told).toEqual(transitionsOf(written).map(({ at: _at, ...rest }) => rest))
  const times = logged.map(({ timestamp }) => timestamp)
  expect(times.every((time) => !Number.isNaN(Date.parse(time)))).toBe(true)
  expect([...times].sort()).toEqual(times)
})

test('and to read in the text of history', async () => {
  const lines = (await box.ok('history', LAB)).stdout.split('\n')
  for (const { at, move, command, step, by } of transitionsOf(written)) {
    const line = lines.find((one) => one.startsWith(at) && one.includes(move))
    expect(line).toContain(command)
    expect(line).toContain(`${step ?? ''} `)
    expect(line).toContain(by)
  }
})
