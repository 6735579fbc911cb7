import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readHistory } from '../../backend/events.js'
import { inheritLease } from '../../backend/inherited-lease.js'
import { eventsPrefix, recordKey } from '../../backend/keys.js'
import { acquireLease, type Lease } from '../../backend/lease.js'
import { openLabWriter, type LabWriter } from '../../backend/lab-writer.js'
import { readRecord } from '../../backend/record.js'
import type { LabEvent } from '../../backend/record-schema.js'
import type { ObjectStore } from '../../backend/store.js'
import {
  arrowsOf,
  decided,
  elsewhere,
  faultOf,
  labName,
  later,
  ourselves,
  pathOf,
  takeLease,
  temporaryStore,
  tokenOf,
} from '../support/backend/support.js'

const lab = labName('demo')
let store: ObjectStore
let lease: Lease
let writer: LabWriter
let told: LabEvent[]

const take = (command: string, from = store): Promise<Lease> => takeLease(from, lab, command)
const recorded = async () => (await readRecord(store, lab))?.lab

const borrowed: Lease[] = []
/** The writer of a command that runs under our lease. */
async function borrow(command: string): Promise<LabWriter> {
  const request = { token: tokenOf(lease), holder: ourselves('child'), command }
  const child = await inheritLease(store, request)
  borrowed.push(child)
  return openLabWriter(store, child)
}
afterEach(async () => {
  for (const child of borrowed.splice(0)) await child.release()
})

beforeEach(async () => {
  store = await temporaryStore()
  lease = await take('up')
  told = []
  writer = await openLabWriter(store, lease, { onTransition: (event) => void told.push(event) })
})

describe('a lab writer', () => {
  test('records intent before anything is made', async () => {
    expect(writer.lab).toBeUndefined()
    const created = await writer.create(decided, { step: 'synth' })
    expect(created).toMatchObject({
      state: 'provisioning',
      fence: 1,
      command: { name: 'up' },
      step: { name: 'synth' },
    })
    expect(await recorded()).toEqual(created)
    expect(told).toMatchObject([
      { from: null, to: 'provisioning', command: 'up', fence: 1, holder: { user: 'anna' } },
    ])
  })

  test('follows a lab through its life, one event a transition', async () => {
    const provisioning = await writer.create(decided)
    await writer.beginStep('apply')
    await writer.update({ machines: [{ ...decided.machines[0]!, address: '127.0.0.1', port: 2222 }] })
    const provisioned = await writer.transition(provisioning, 'provisioned', { step: null })
    const configuring = await writer.transition(provisioned, 'configuring', { step: 'wait-ssh' })
    const ready = await writer.transition(configuring, 'ready', { finish: true, patch: { expiresAt: null } })
    expect(ready).toMatchObject({ state: 'ready', command: null, step: null, machines: [{ port: 2222 }] })
    expect(ready.steps.map((step) => [step.name, step.outcome])).toEqual([
      ['apply', 'done'],
      ['wait-ssh', 'done'],
    ])
    expect(await recorded()).toEqual(ready)
    const expected = [
      '->provisioning',
      'provisioning>provisioned',
      'provisioned>configuring',
      'configuring>ready',
    ]
    expect(await pathOf(store, lab)).toEqual(expected)
    expect(arrowsOf(told)).toEqual(expected)
    expect(await store.list(eventsPrefix(lab))).toHaveLength(4)
  })

  test('records a failure with its step, in the failure of the state', async () => {
    await writer.create(decided, { step: 'apply' })
    const failed = await writer.fail({ code: 'engine-failed', message: 'no memory' })
    expect(failed).toMatchObject({
      state: 'provision-failed',
      failure: { step: 'apply', code: 'engine-failed', message: 'no memory' },
      command: null,
      step: null,
      steps: [{ name: 'apply', outcome: 'failed' }],
    })
    if (failed.state === 'destroying') throw new Error('unreachable')
    const resumed = await writer.transition(failed, 'provisioning', { step: 'init' })
    expect(resumed).toMatchObject({ failure: null, step: { name: 'init' } })
  })

  test('keeps what a crashed command left until its successor does something', async () => {
    await writer.create(decided, { step: 'apply' })
    const next = await openLabWriter(store, await take('up', later(store, 3_600_000)))
    expect(next.lab).toMatchObject({ state: 'provisioning', fence: 2, step: { name: 'apply' } })
    await next.beginStep('init')
    expect(await recorded()).toMatchObject({ step: { name: 'init' }, steps: [] })
  })

  test('refuses a transition from a state the record is not in', async () => {
    const provisioning = await writer.create(decided)
    await writer.transition(provisioning, 'provisioned')
    expect(await faultOf(writer.transition(provisioning, 'provisioned'))).toMatchObject({
      code: 'transition-illegal',
      from: 'provisioned',
    })
    expect(await pathOf(store, lab)).toHaveLength(2)
  })

  test('starts a name anew after its lab was destroyed, with one history', async () => {
    const first = await writer.create(decided)
    const gone = await writer.transition(await writer.transition(first, 'destroying'), 'destroyed', {
      finish: true,
    })
    const again = await writer.transition(gone, 'provisioning', { patch: decided })
    expect(again.createdAt >= gone.updatedAt).toBe(true)
    expect(await pathOf(store, lab)).toHaveLength(4)
  })

  test('starts it anew with nothing that the life before chose', async () => {
    const choices = { account: 'labs', zone: 'b', spot: true, allowFrom: ['203.0.113.7/32'], session: 'ci' }
    const first = await writer.create({ ...decided, ...choices })
    const gone = await writer.transition(await writer.transition(first, 'destroying'), 'destroyed')
    expect(gone).toMatchObject(choices)
    const again = await writer.transition(gone, 'provisioning', { patch: decided })
    expect(await recorded()).toEqual(again)
    for (const name of Object.keys(choices)) expect(again).not.toHaveProperty(name)
  })

  test('lets a change that nobody waits for wait for the next write, which goes before it', async () => {
    const engine = { pid: 1, startTime: '2', boot: '', host: 'here', startedAt: '2026-01-01T00:00:00.000Z' }
    await writer.create({ ...decided, engine })
    writer.defer({ engine: null })
    expect((await recorded())?.engine).toEqual(engine)
    await writer.beginStep('verify')
    expect(await recorded()).toMatchObject({ engine: null, step: { name: 'verify' } })
    writer.defer({ engine: null })
    await writer.update({ engine })
    await writer.finish()
    expect((await recorded())?.engine).toEqual(engine)
  })

  test('carries out calls made at once one after the other', async () => {
    await writer.create(decided)
    await Promise.all(['a', 'b', 'c'].map((name) => writer.beginStep(name)))
    expect(await recorded()).toMatchObject({ step: { name: 'c' }, steps: [{ name: 'a' }, { name: 'b' }] })
  })

  test('yields to a command run under its lease, and keeps what that wrote', async () => {
    const provisioning = await writer.create(decided)
    const child = await borrow('extend')
    await child.update({ expiresAt: '2030-01-01T00:00:00.000Z' })
    const provisioned = await writer.transition(provisioning, 'provisioned')
    expect(provisioned.expiresAt).toBe('2030-01-01T00:00:00.000Z')
  })

  test('leaves the command on record to the lender, and tells in its events who did it', async () => {
    const provisioning = await writer.create(decided)
    await writer.update({ expiresAt: null })
    const child = await borrow('down')
    const destroying = await child.transition(provisioning, 'destroying')
    await child.transition(destroying, 'destroyed', { finish: true })
    expect(await recorded()).toMatchObject({
      state: 'destroyed',
      fence: 1,
      command: { name: 'up', holder: { user: 'anna' } },
    })
    const events = (await readHistory(store, lab)).events.slice(1)
    expect(events).toMatchObject([
      { to: 'destroying', command: 'down', holder: { user: 'child' }, fence: 1 },
      { to: 'destroyed', command: 'down', holder: { user: 'child' }, fence: 1 },
    ])
    await writer.finish()
    expect(await recorded()).toMatchObject({ state: 'destroyed', command: null })
  })

  test('settles what a command before left unfinished, once somebody has seen that all is well', async () => {
    await readyLab()
    await writer.fail({ code: 'interrupted', message: 'Interrupted', step: 'image' })
    expect(await recorded()).toMatchObject({ state: 'ready', failure: { step: 'image' } })
    await writer.settle()
    expect(await recorded()).toMatchObject({ state: 'ready', step: null, failure: null, command: null })
  })

  test('ends a use only where nobody under its lease has moved the lab on', async () => {
    const ready = await readyLab()
    await writer.transition(ready, 'in-use')
    await writer.endUse()
    expect(await recorded()).toMatchObject({ state: 'ready', command: null })
    const inUse = await writer.transition({ ...ready, state: 'ready' }, 'in-use')
    const child = await borrow('down')
    await child.transition(inUse, 'destroying')
    const before = await pathOf(store, lab)
    await writer.endUse()
    expect(await recorded()).toMatchObject({ state: 'destroying', command: null })
    expect(await pathOf(store, lab)).toEqual(before)
  })

  test('writes nothing without the lease', async () => {
    await writer.create(decided)
    const before = await store.get(recordKey(lab))
    await lease.release()
    for (const attempt of [writer.beginStep('x'), writer.finish(), writer.fail({ code: 'x', message: '' })]) {
      expect((await faultOf(attempt)).code).toBe('lease-lost')
    }
    expect(await store.get(recordKey(lab))).toEqual(before)
  })
})

async function readyLab() {
  const provisioned = await writer.transition(await writer.create(decided), 'provisioned')
  return writer.transition(await writer.transition(provisioned, 'configuring'), 'ready')
}

describe('a holder that was taken over but does not know it yet', () => {
  test('is stopped by the fence in the record', async () => {
    const provisioning = await writer.create(decided)
    const next = await openLabWriter(store, await take('down', later(store, 61_000)))
    expect(next.lab?.fence).toBe(2)
    const before = await store.list('')
    // It passes its own check (validity has not run out by its clock), and the store must stop it.
    await lease.assertHeld()
    expect((await faultOf(writer.transition(provisioning, 'provisioned'))).code).toBe('lease-lost')
    expect((await faultOf(writer.beginStep('apply'))).code).toBe('lease-lost')
    expect((await faultOf(openLabWriter(store, lease))).code).toBe('lease-lost')
    expect(await store.list('')).toEqual(before)
    expect(await recorded()).toMatchObject({ state: 'provisioning', fence: 2, command: { name: 'down' } })
  })
})

test('a record under a living holder elsewhere is not to be had', async () => {
  await lease.release()
  await acquireLease(store, lab, { holder: elsewhere, command: 'exec', waitMs: 0 })
  expect((await faultOf(take('down'))).code).toBe('lease-held')
})

test('what is found of two machines at the same time is both on record', async () => {
  const [main] = decided.machines
  if (main === undefined) throw new TypeError('it has one')
  await writer.create({ ...decided, machines: [main, { ...main, name: 'target' }] })
  await Promise.all([
    writer.updateMachine('main', { address: '203.0.113.7' }),
    writer.updateMachine('target', { address: '203.0.113.8' }),
  ])
  const addresses = (await recorded())?.machines.map(({ address }) => address)
  expect(addresses).toEqual(['203.0.113.7', '203.0.113.8'])
})
