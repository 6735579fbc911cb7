import { beforeEach, describe, expect, test } from '@jest/globals'
import { readHistory } from '../../backend/events.js'
import { eventsPrefix } from '../../backend/keys.js'
import { acquireLease, type Lease } from '../../backend/lease.js'
import { openLabWriter, type LabWriter } from '../../backend/lab-writer.js'
import { readRecord } from '../../backend/record.js'
import type { LabEvent } from '../../backend/record-schema.js'
import type { ObjectStore } from '../../backend/store.js'
import { decided, disturbed, labName, later, ourselves, pathOf, temporaryStore } from './support.js'

const lab = labName('demo')
let store: ObjectStore
let lease: Lease
let writer: LabWriter
let told: LabEvent[]

const take = (command: string, from = store): Promise<Lease> =>
  acquireLease(from, lab, { holder: ourselves(), command, waitMs: 0 })
const recorded = async () => (await readRecord(store, lab))?.lab

beforeEach(async () => {
  store = await temporaryStore()
  lease = await take('up')
  told = []
  writer = await openLabWriter(store, lease, { onTransition: (event) => void told.push(event) })
})

describe('history', () => {
  test('loses nothing to a crash between the record and its event', async () => {
    let crashed = true
    const crashing = disturbed(store, {
      beforeWrite: async (key) => {
        if (crashed && key.startsWith(eventsPrefix(lab))) throw new Error('killed here')
      },
    })
    const dying = await openLabWriter(crashing, lease)
    await expect(dying.create(decided)).rejects.toThrow('killed here')
    expect(await store.list(eventsPrefix(lab))).toEqual([])
    expect(await pathOf(store, lab)).toEqual(['->provisioning'])
    crashed = false
    const next = await openLabWriter(store, await take('up', later(store, 3_600_000)))
    if (next.lab?.state !== 'provisioning') throw new Error('expected a provisioning lab')
    await next.transition(next.lab, 'provisioned')
    expect(await pathOf(store, lab)).toEqual(['->provisioning', 'provisioning>provisioned'])
    expect(await store.list(eventsPrefix(lab))).toHaveLength(2)
  })

  test('keeps causal order also when the clock of the store steps back', async () => {
    await writer.create(decided)
    const back = later(store, -3_600_000)
    await lease.release()
    const next = await openLabWriter(back, await take('up', back))
    if (next.lab?.state !== 'provisioning') throw new Error('expected a provisioning lab')
    await next.transition(next.lab, 'provisioned')
    expect(await pathOf(store, lab)).toEqual(['->provisioning', 'provisioning>provisioned'])
  })

  test('holds notes too, which are no transitions', async () => {
    await writer.create(decided)
    await writer.note('lock broken by anna', { expiresAt: '2030-01-01T00:00:00.000Z' })
    expect(await recorded()).toMatchObject({ state: 'provisioning', expiresAt: '2030-01-01T00:00:00.000Z' })
    expect((await readHistory(store, lab)).events).toMatchObject([
      {},
      { kind: 'note', message: 'lock broken by anna' },
    ])
    expect(told).toHaveLength(1)
  })
})
