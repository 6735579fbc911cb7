import { beforeEach, describe, expect, test } from '@jest/globals'
import { readHistory } from '../../backend/events.js'
import { eventsPrefix } from '../../backend/keys.js'
import type { Lease } from '../../backend/lease.js'
import { openLabWriter } from '../../backend/lab-writer.js'
import { readRecord } from '../../backend/record.js'
import type { LabEvent } from '../../backend/record-schema.js'
import type { ObjectStore } from '../../backend/store.js'
import {
  decided,
  disturbed,
  labName,
  later,
  pathOf,
  takeLease,
  temporaryStore,
} from '../support/backend/support.js'

const lab = labName('demo')
let store: ObjectStore
let lease: Lease
beforeEach(async () => {
  store = await temporaryStore()
  lease = await takeLease(store, lab, 'up')
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
    const next = await openLabWriter(store, await takeLease(later(store, 3_600_000), lab, 'up'))
    if (next.lab?.state !== 'provisioning') throw new Error('expected a provisioning lab')
    await next.transition(next.lab, 'provisioned')
    expect(await pathOf(store, lab)).toEqual(['->provisioning', 'provisioning>provisioned'])
    expect(await store.list(eventsPrefix(lab))).toHaveLength(2)
  })

  test('goes on beside an object of a name that no event has', async () => {
    const writer = await openLabWriter(store, lease)
    await writer.create(decided)
    const stray = `${eventsPrefix(lab)}not ours.json`
    const listing: ObjectStore = {
      kind: store.kind,
      url: store.url,
      create: store.create.bind(store),
      replace: store.replace.bind(store),
      remove: store.remove.bind(store),
      discard: store.discard.bind(store),
      now: store.now.bind(store),
      get: store.get.bind(store),
      list: async (prefix) => [...(await store.list(prefix)), stray],
    }
    const { events, unreadable } = await readHistory(listing, lab)
    expect(events).toHaveLength(1)
    expect(unreadable.map(({ fault }) => fault)).toMatchObject([
      { code: 'record-unreadable', problems: [expect.stringContaining('not ours.json')] },
    ])
  })

  test('keeps causal order also when the clock of the store steps back', async () => {
    const writer = await openLabWriter(store, lease)
    await writer.create(decided)
    const back = later(store, -3_600_000)
    await lease.release()
    const next = await openLabWriter(back, await takeLease(back, lab, 'up'))
    if (next.lab?.state !== 'provisioning') throw new Error('expected a provisioning lab')
    await next.transition(next.lab, 'provisioned')
    expect(await pathOf(store, lab)).toEqual(['->provisioning', 'provisioning>provisioned'])
  })

  test('holds notes too, which are no transitions', async () => {
    const told: LabEvent[] = []
    const onTransition = (event: LabEvent): void => void told.push(event)
    const writer = await openLabWriter(store, lease, { onTransition })
    await writer.create(decided)
    await writer.note('lock broken by anna', { expiresAt: '2030-01-01T00:00:00.000Z' })
    const record = (await readRecord(store, lab))?.lab
    expect(record).toMatchObject({ state: 'provisioning', expiresAt: '2030-01-01T00:00:00.000Z' })
    expect((await readHistory(store, lab)).events).toMatchObject([
      {},
      { kind: 'note', message: 'lock broken by anna' },
    ])
    expect(told).toHaveLength(1)
  })
})
