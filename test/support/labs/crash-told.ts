import { expect } from '@jest/globals'
import { failureOf } from '../../../backend/lab-state.js'
import type { LabEvent, LabRecord } from '../../../backend/record-schema.js'
import { strokes } from '../../stand-in/kill-point.js'
import type { Place } from './crash-checks.js'
import type { CrashCase, Verb } from './crash-commands.js'
import { ending, interruptedAt, mayBeOver, nextOf, recordedAt, timeOf } from './crash-truth.js'
import { LAB } from './stages.js'

/** How the command that was struck ended. */
export interface Struck {
  readonly pid: number
  readonly code: number | null
  readonly stderr: string
}

interface Recovery {
  readonly state: string
  readonly verdict: string
  readonly record: Pick<LabRecord, 'step' | 'failure' | 'command'>
  readonly lease: object
  readonly engine: { readonly pid: number | null }
  readonly machines: readonly { readonly presence: string; readonly ssh: string | null }[]
  readonly next: readonly { readonly command: string; readonly safe: boolean }[]
}

const commandOf = (verb: Verb): string => verb.replace(' --local', '')

/** `status`, `history` and `recover` tell what was under way, and that its command is gone. */
export async function expectTruth(place: Place, crash: CrashCase, struck: Struck): Promise<LabRecord> {
  const { pid, code, stderr } = struck
  if (code !== null) throw new Error(`it came past that point:\n${stderr}`)
  const { record, recovery } = await look(place, crash)
  expect({ state: record.state, step: record.step?.name ?? null }).toEqual(recordedAt(crash))
  const command = commandOf(crash.verb)
  if (crash.point.when === 'end') expect(record.command).toBeNull()
  else expect(record.command).toMatchObject({ name: command, holder: { pid } })
  expect(recovery.lease).toMatchObject({ kind: 'held', takeover: 'holder-dead', command, holder: { pid } })
  return record
}

/** It ended by itself, said so, and left nothing under way. */
export async function expectInterrupted(place: Place, crash: CrashCase, struck: Struck): Promise<LabRecord> {
  const { verb, by } = crash
  const { record, recovery } = await look(place, crash)
  expect(recovery.lease).toEqual({ kind: 'free' })
  expect(record).toMatchObject({ command: null, step: null, engine: null })
  const code = by.startsWith('Ctrl-C') ? 130 : 143
  if (record.failure === null) {
    // All was over before it was heard; who goes over many labs ends as interrupted all the same.
    expect(mayBeOver(crash)).toBe(true)
    expect(record.state).toBe(ending(verb))
    expect(struck.code).toBe(verb === 'cleanup' || verb === 'reap' ? code : 0)
    return record
  }
  expect({ code: struck.code, stderr: struck.stderr }).toMatchObject({
    code,
    stderr: expect.stringContaining(`Interrupted by ${strokes[by][0]}`),
  })
  expect(record.failure.code).toBe('interrupted')
  expect(interruptedAt(crash)).toContain(record.failure.step)
  expect(failureOf(record.state)).toBeUndefined()
  return record
}

/** What a person is told, and that it fits together. */
async function look(
  { box, warm }: Place,
  { verb }: CrashCase,
): Promise<{ readonly record: LabRecord; readonly recovery: Recovery }> {
  const told = (command: string) => warm.ok(command, LAB, '-o', 'json')
  // What outlived its command may still be changing the machines.
  const isStill = box.processes('engine').length + box.processes('driver').length === 0
  const record = (await told('status')).json<LabRecord>()
  const events = (await told('history')).json<LabEvent[]>()
  const recovery = (await told('recover')).json<Recovery>()
  expect(events.at(-1)?.to).toBe(record.state)
  expect(events.map(({ from }) => from)).toEqual(
    [null, ...events.map(({ to }) => to)].slice(0, events.length),
  )
  const { state, step, failure, command } = record
  expect(recovery).toMatchObject({ state, record: { step, failure, command } })
  expect(recovery.verdict).toContain(state)
  if (state !== 'ready') expect(recovery.verdict).toContain(failure?.step ?? step?.name ?? state)
  const isOff = state === 'ready' && recovery.machines.some(({ presence }) => presence === 'stopped')
  const promised = isOff ? `distrolab up ${LAB}` : nextOf(state, LAB, timeOf(verb))
  expect(recovery.next[0]?.command).toBe(promised)
  expectRest(recovery.next.slice(1), promised, isOff)
  expect([null, record.engine?.pid]).toContain(recovery.engine.pid)
  const running = recovery.machines.filter(({ presence }) => presence === 'running')
  if (isStill) expect(running).toHaveLength(box.machines().length)
  return { record, recovery }
}

/** Whatever can be kept can also be removed, what is off can be started, and nothing but what was meant is called safe. */
function expectRest(rest: Recovery['next'], promised: string | undefined, isOff: boolean): void {
  const isKept = promised?.includes('up') === true
  const other = isOff ? 'start' : 'down'
  expect(rest.map(({ command }) => command)).toEqual(isKept ? [`distrolab ${other} ${LAB}`] : [])
  expect(rest.filter(({ safe }) => safe)).toEqual([])
}
