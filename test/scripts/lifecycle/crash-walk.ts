import { expect } from '@jest/globals'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failureOf } from '../../../backend/lab-state.js'
import type { LabEvent, LabRecord } from '../../../backend/record-schema.js'
import { waitUntil } from '../../stand-in/lab-cli.js'
import { strokes, struckAt } from '../../stand-in/kill-point.js'
import { Sandbox } from '../../stand-in/sandbox.js'
import { interruptedAt, recordedAt, type CrashCase, type Verb } from './crash-cases.js'
import { engineLocks, LAB } from './stages.js'

/** What became of each case: undefined when all was as it must be. */
export type Outcomes = Map<CrashCase, Error | undefined>

/**
 * Takes case after case from `left`, which several walks may share, and tries it in one sandbox on the lab that the last
 * one left: a case that needs a ready lab follows one that ended with it, where there is one. After a failure it goes on
 * in a new sandbox.
 */
export async function walk(left: CrashCase[], outcomes: Outcomes): Promise<void> {
  let box = await newSandbox()
  try {
    while (left.length > 0) {
      const isReady = (await recordOf(box)).state === 'ready'
      const next = left.findIndex(({ verb }) => (verb !== 'up') === isReady)
      const [crash] = left.splice(Math.max(next, 0), 1)
      if (crash === undefined) return
      try {
        if (crash.verb !== 'up' && !isReady) await box.ok('up', LAB)
        if (crash.verb === 'up' && isReady) await box.ok('down', LAB)
        await tryCase(box, crash)
        outcomes.set(crash, undefined)
      } catch (error) {
        outcomes.set(crash, error instanceof Error ? error : new Error(String(error)))
        await box.remove()
        box = await newSandbox()
      }
    }
  } finally {
    await box.remove()
  }
}

/** With a lab that was there before: a first `up` that dies before its record has nothing to tell. */
async function newSandbox(): Promise<Sandbox> {
  const box = await Sandbox.make()
  await box.ok('up', '--profile', LAB)
  await box.ok('down', LAB)
  return box
}

const recordOf = async (box: Sandbox): Promise<LabRecord> =>
  JSON.parse(await readFile(join(box.home, 'labs', LAB, 'record.json'), 'utf8')) as LabRecord

async function tryCase(box: Sandbox, crash: CrashCase): Promise<void> {
  const planted = await plant(box)
  const seen = crash.by === 'kill -9' ? await expectTruth(box, crash) : await expectInterrupted(box, crash)
  if (crash.then === 'down') {
    await box.ok('down', LAB)
    await expectNothing(box)
    return
  }
  if (seen.state === 'destroying') await expectRefused(box)
  await box.ok('up', LAB)
  await expectReady(box)
  if (seen.state.startsWith('reset')) expect(existsSync(planted)).toBe(false)
}

const wordsOf = (verb: Verb, record: LabRecord): string[] =>
  verb === 'swap' ? ['swap', LAB, record.distro === 'debian-13' ? 'debian-12' : 'debian-13'] : [verb, LAB]

/** A file that a user has made on the machine; returns where it is on this computer. */
async function plant(box: Sandbox): Promise<string> {
  const [machine] = box.machines()
  if (machine === undefined) return '/nowhere'
  const file = join(machine.folder, 'guest', 'planted')
  await writeFile(file, '')
  return file
}

async function crashAt(
  box: Sandbox,
  { verb, point, by }: CrashCase,
): Promise<{ readonly pid: number; readonly code: number | null; readonly stderr: string }> {
  const cli = box.start(wordsOf(verb, await recordOf(box)), { env: struckAt(point, by) })
  const { code, stderr } = await cli.done
  return { pid: cli.pid, code, stderr }
}

/** `status`, `history`, `lock status` and `recover` tell what was under way, and that its command is gone. */
async function expectTruth(box: Sandbox, crash: CrashCase): Promise<LabRecord> {
  const { pid, code, stderr } = await crashAt(box, crash)
  if (code !== null) throw new Error(`it came past that point:\n${stderr}`)
  const expected = recordedAt(crash)
  const { record, recover } = await read(box)
  expect({ state: record.state, step: record.step?.name ?? null }).toEqual(expected)
  if (crash.point.when === 'end') expect(record.command).toBeNull()
  else expect(record.command).toMatchObject({ name: crash.verb, holder: { pid } })
  expect(recover).toMatchObject({
    lease: { kind: 'held', takeover: 'holder-dead', command: crash.verb, holder: { pid } },
  })
  return record
}

/** It ended by itself, said so, and left nothing under way. */
async function expectInterrupted(box: Sandbox, crash: CrashCase): Promise<LabRecord> {
  const { code, stderr } = await crashAt(box, crash)
  const { record, recover } = await read(box)
  expect(recover).toMatchObject({ lease: { kind: 'free' } })
  expect(record).toMatchObject({ command: null, step: null, engine: null })
  // The last step of all may have been over before the signal was heard.
  if (code === 0)
    expect(record.state).toBe(recordedAt({ ...crash, point: { when: 'end', step: 'end' } }).state)
  else {
    expect(stderr).toContain(`Interrupted by ${strokes[crash.by][0]}`)
    expect(code).toBe(crash.by.startsWith('Ctrl-C') ? 130 : 143)
    expect(record.failure?.code).toBe('interrupted')
    expect(interruptedAt(crash)).toContain(record.failure?.step)
    expect(failureOf(record.state)).toBeUndefined()
  }
  return record
}

/** What a person is told, and that it fits together. */
async function read(box: Sandbox): Promise<{
  readonly record: LabRecord
  readonly recover: { readonly next: readonly { command: string }[] }
}> {
  const [status, history, recovery] = await Promise.all(
    ['status', 'history', 'recover'].map((verb) => box.ok(verb, LAB, '-o', 'json')),
  )
  const record = status?.json<LabRecord>() as LabRecord
  const events = history?.json<LabEvent[]>() ?? []
  expect(events.at(-1)?.to).toBe(record.state)
  expect(events.map(({ from }) => from)).toEqual(
    [null, ...events.map(({ to }) => to)].slice(0, events.length),
  )
  const recover = recovery?.json<{ state: string; next: { command: string }[] }>() ?? { state: '', next: [] }
  expect(recover.state).toBe(record.state)
  expect(recover.next[0]?.command).toBe(nextFor(record))
  return { record, recover }
}

/** What `recover` must say first. */
function nextFor({ state }: LabRecord): string | undefined {
  if (state === 'ready' || state === 'destroyed') return undefined
  return `distrolab ${state.startsWith('destroy') ? 'down' : 'up'} ${LAB}`
}

/** A lab whose destruction was begun is not brought up by mistake. */
async function expectRefused(box: Sandbox): Promise<void> {
  const up = await box.run(['up', LAB])
  expect(`${up.code} ${up.stderr}`).toMatch(/^1 [^]*The destruction of debian-local was begun/)
  expect((await recordOf(box)).state).toBe('destroying')
  await box.ok('down', LAB)
}

async function expectReady(box: Sandbox): Promise<void> {
  const roles = (): string =>
    box
      .processes()
      .map(({ role }) => role)
      .sort()
      .join(' and ')
  await waitUntil('nothing but the machine and its watchdog', () => roles() === 'machine and watchdog')
  const [machine, ...more] = box.machines()
  expect(more).toEqual([])
  const record = await recordOf(box)
  expect(record).toMatchObject({ state: 'ready', step: null, command: null, engine: null, failure: null })
  const made = JSON.parse(await readFile(join(machine?.folder ?? '', 'machine.json'), 'utf8')) as {
    imageId: string
  }
  expect(made.imageId).toBe(record.image?.id)
}

async function expectNothing(box: Sandbox): Promise<void> {
  await waitUntil('the end of everything', () => box.processes().length === 0)
  expect(await box.traces()).toEqual([])
  expect(await engineLocks(box)).toEqual([])
  expect((await recordOf(box)).state).toBe('destroyed')
}
