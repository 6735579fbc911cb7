import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { acquireLease } from '../../backend/lease.js'
import { readLease } from '../../backend/lease-document.js'
import { openLabWriter } from '../../backend/lab-writer.js'
import { readRecord } from '../../backend/record.js'
import type { ObjectStore } from '../../backend/store.js'
import { Child } from '../support/backend/child.js'
import {
  decided,
  faultOf,
  labName,
  ourselves,
  takeLease,
  temporaryStore,
} from '../support/backend/support.js'

const lab = labName('demo')
let store: ObjectStore
let child: Child

const take = (waitMs = 0) =>
  acquireLease(store, lab, { holder: ourselves(), command: 'down', waitMs, timing: { pollMs: 50 } })

beforeEach(async () => {
  store = await temporaryStore()
  const lease = await takeLease(store, lab, 'up')
  await (await openLabWriter(store, lease)).create(decided)
  await lease.release()
  child = await Child.start()
})
afterEach(() => child.kill())

describe('a holder in another process', () => {
  test('is taken over once killed, by proof and long before its lease expires', async () => {
    expect(await child.ask({ do: 'hold-lease', url: store.url, lab, validMs: 600_000 })).toEqual({
      value: '2',
    })
    expect((await faultOf(take())).code).toBe('lease-held')
    await child.kill()
    expect((await readLease(store, lab))?.takeover).toBe('holder-dead')
    const lease = await take()
    expect(lease.tookOverFrom).toMatchObject({ reason: 'holder-dead', pid: child.process.pid })
    await lease.release()
  }, 30_000)

  test('that is paused is left alone until it expires, and once resumed writes nothing', async () => {
    await child.ask({ do: 'hold-lease', url: store.url, lab, validMs: 1500 })
    child.signal('SIGSTOP')
    expect((await readLease(store, lab))?.takeover).toBeNull()
    expect((await faultOf(take())).code).toBe('lease-held')
    const lease = await take(10_000)
    expect(lease.tookOverFrom?.reason).toBe('expired')
    await openLabWriter(store, lease)
    const before = await readRecord(store, lab)
    const keys = await store.list('')
    child.signal('SIGCONT')
    const answer = await child.ask({ do: 'write-record', message: 'from the grave' })
    expect(answer.fault?.code).toBe('lease-lost')
    await sleep(300)
    expect(await readRecord(store, lab)).toEqual(before)
    expect(await store.list('')).toEqual(keys)
    expect((await readLease(store, lab))?.document.fence).toBe(lease.fence)
    await lease.release()
  }, 30_000)

  test('that is paused while its lease is broken writes nothing once resumed', async () => {
    await child.ask({ do: 'hold-lease', url: store.url, lab, validMs: 600_000 })
    child.signal('SIGSTOP')
    const broken = await acquireLease(store, lab, {
      holder: ourselves(),
      command: 'lock break',
      waitMs: 0,
      breakFence: 2,
    })
    expect(broken.tookOverFrom).toMatchObject({ reason: 'broken', pid: child.process.pid })
    await openLabWriter(store, broken)
    await broken.release()
    const before = [await readRecord(store, lab), await store.list(''), await readLease(store, lab)]
    child.signal('SIGCONT')
    expect((await child.ask({ do: 'write-record', message: 'late' })).fault?.code).toBe('lease-lost')
    expect([await readRecord(store, lab), await store.list(''), await readLease(store, lab)]).toEqual(before)
  }, 30_000)

  test('writes no first record either, where there is none whose fence would stop it', async () => {
    const fresh = labName('fresh')
    await child.ask({ do: 'hold-lease', url: store.url, lab: fresh, validMs: 600_000 })
    const broken = await acquireLease(store, fresh, {
      holder: ourselves(),
      command: 'lock break',
      waitMs: 0,
      breakFence: 1,
    })
    await broken.release()
    expect((await child.ask({ do: 'create-record' })).fault?.code).toBe('lease-lost')
    expect(await readRecord(store, fresh)).toBeUndefined()
  }, 30_000)

  test('that is paused and resumed with nobody in between goes on', async () => {
    await child.ask({ do: 'hold-lease', url: store.url, lab, validMs: 500 })
    child.signal('SIGSTOP')
    await sleep(900)
    child.signal('SIGCONT')
    expect(await child.ask({ do: 'write-record', message: 'still here' })).toEqual({ value: 'written' })
  }, 30_000)
})
