import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { leaseKey } from '../../backend/keys.js'
import { acquireLease, type Lease, type LeaseRequest } from '../../backend/lease.js'
import { openLabWriter } from '../../backend/lab-writer.js'
import { readLease } from '../../backend/lease-document.js'
import type { ObjectStore } from '../../backend/store.js'
import {
  decided,
  disturbed,
  elsewhere,
  faultOf,
  labName,
  later,
  ourselves,
  temporaryStore,
} from '../support/backend/support.js'

const lab = labName('demo')
let store: ObjectStore
beforeEach(async () => {
  store = await temporaryStore()
})

const acquire = (request: Partial<LeaseRequest> = {}, from: ObjectStore = store): Promise<Lease> =>
  acquireLease(from, lab, { holder: ourselves(), command: 'up', waitMs: 0, ...request })

describe('a lease', () => {
  test('is held by one, who is named to the other', async () => {
    await acquire({ holder: elsewhere, command: 'swap' })
    expect(await faultOf(acquire())).toMatchObject({
      code: 'lease-held',
      lab: 'demo',
      holder: { user: 'ci', host: 'runner-7', pid: 42, command: 'swap' },
    })
  })

  test('passes on when released, with a fence that only grows', async () => {
    const first = await acquire()
    await first.release()
    expect(await readLease(store, lab)).toMatchObject({
      holder: null,
      takeover: null,
      document: { fence: 1 },
    })
    const second = await acquire()
    expect([first.fence, second.fence]).toEqual([1, 2])
    expect(second.tookOverFrom).toBeUndefined()
    expect((await faultOf(first.assertHeld())).code).toBe('lease-lost')
    await first.release()
    await second.assertHeld()
  })

  test('that was put aside by hand comes back with a fence above that of the record', async () => {
    for (let round = 0; round < 3; round++) await (await acquire()).release()
    const last = await acquire()
    await (await openLabWriter(store, last)).create(decided)
    await last.release()
    const stored = await store.get(leaseKey(lab))
    await store.remove(leaseKey(lab), stored?.version ?? '')
    const again = await acquire()
    expect(again.fence).toBe(last.fence + 1)
    await (await openLabWriter(store, again)).note('it can be written')
  })

  test('goes to exactly one of many who ask at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquire({ holder: elsewhere })))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  })

  test('is waited for, once announced, and had as soon as it is free', async () => {
    const first = await acquire({ holder: elsewhere })
    const seen: number[] = []
    const waiting = acquire({ waitMs: 10_000, onWait: (holder) => void seen.push(holder.pid) })
    await sleep(700)
    await first.release()
    expect((await waiting).fence).toBe(2)
    expect(seen).toEqual([42])
  })

  test('is not waited for longer than asked, nor after an interrupt', async () => {
    await acquire({ holder: elsewhere })
    const began = performance.now()
    expect((await faultOf(acquire({ waitMs: 300 }))).code).toBe('lease-held')
    expect(performance.now() - began).toBeLessThan(2000)
    const interrupt = new AbortController()
    const waiting = acquire({ waitMs: 60_000, signal: interrupt.signal })
    setTimeout(() => interrupt.abort(new Error('Ctrl-C')), 50)
    await expect(waiting).rejects.toThrow('Ctrl-C')
  })

  test('is renewed while held', async () => {
    const lease = await acquire({ holder: elsewhere, timing: { heartbeatMs: 40, validMs: 400 } })
    await sleep(900)
    await lease.assertHeld()
    expect((await faultOf(acquire())).code).toBe('lease-held')
    await lease.release()
  })

  test('expires by the clock of the store alone', async () => {
    await acquire({ holder: elsewhere })
    expect((await faultOf(acquire({}, later(store, 55_000)))).code).toBe('lease-held')
    expect((await readLease(later(store, 61_000), lab))?.takeover).toBe('expired')
    const next = await acquire({}, later(store, 61_000))
    expect(next.fence).toBe(2)
    expect(next.tookOverFrom).toMatchObject({ user: 'ci', reason: 'expired' })
  })

  test('is not taken over before its holder counts it lost, by a clock that shows whole seconds', async () => {
    await acquire({ holder: elsewhere })
    const aSecondFast = later(store, 60_900)
    expect((await readLease(aSecondFast, lab))?.takeover).toBeNull()
    expect((await faultOf(acquire({}, aSecondFast))).code).toBe('lease-held')
  })

  test.each([3_600_000, -3_600_000])(
    'is judged the same when our own clock is off by %i ms',
    async (skew) => {
      const realNow = Date.now
      await acquire({ holder: elsewhere })
      Date.now = () => realNow() + skew
      try {
        expect((await faultOf(acquire())).code).toBe('lease-held')
        const next = await acquire({}, later(store, 61_000))
        expect(Math.abs(Date.parse(next.since) - realNow() - 61_000)).toBeLessThan(10_000)
        expect(Math.abs(next.storeTime().getTime() - realNow() - 61_000)).toBeLessThan(10_000)
      } finally {
        Date.now = realNow
      }
    },
  )

  test('is not taken from a living process, however it looks to others', async () => {
    await acquire({ holder: ourselves('bob') })
    expect((await readLease(store, lab))?.takeover).toBeNull()
    expect((await faultOf(acquire())).code).toBe('lease-held')
  })

  test('is taken from a pid that now belongs to another process', async () => {
    await acquire({ holder: { ...ourselves('bob'), startTime: '1' } })
    expect((await readLease(store, lab))?.takeover).toBe('holder-dead')
    expect((await acquire()).tookOverFrom).toMatchObject({ user: 'bob', reason: 'holder-dead' })
  })

  test('proves nothing about a pid of another boot or computer', async () => {
    for (const other of [{ boot: 'x' }, { host: 'x' }, { boot: '' }]) {
      const lease = await acquire({ holder: { ...ourselves('bob'), startTime: '1', ...other } })
      expect((await readLease(store, lab))?.takeover).toBeNull()
      await lease.release()
    }
  })
})

describe('a holder whose lease was taken over', () => {
  test('is told at its next heartbeat', async () => {
    const lease = await acquire({ holder: elsewhere, timing: { heartbeatMs: 100, validMs: 60_000 } })
    await acquire({}, later(store, 61_000))
    await sleep(300)
    expect(lease.lost.aborted).toBe(true)
    expect(lease.lost.reason).toMatchObject({ fault: { code: 'lease-lost' } })
    expect((await faultOf(lease.assertHeld())).code).toBe('lease-lost')
    await lease.release()
    expect((await readLease(store, lab))?.document.fence).toBe(2)
  })

  test('is told before its next change when it slept past its validity', async () => {
    const lease = await acquire({ holder: elsewhere, timing: { heartbeatMs: 60_000, validMs: 50 } })
    await sleep(100)
    await acquire({}, later(store, 2_000))
    expect((await faultOf(lease.assertHeld())).code).toBe('lease-lost')
    expect(lease.lost.aborted).toBe(true)
  })

  test('is told also when the computer slept, where the monotonic clock stood still', async () => {
    const realNow = Date.now
    const lease = await acquire({ holder: elsewhere })
    await acquire({}, later(store, 61_000))
    Date.now = () => realNow() + 61_000
    try {
      expect((await faultOf(lease.assertHeld())).code).toBe('lease-lost')
    } finally {
      Date.now = realNow
    }
  })

  test('goes on when it slept and nobody took over', async () => {
    const lease = await acquire({ timing: { heartbeatMs: 60_000, validMs: 50 } })
    await sleep(100)
    await lease.assertHeld()
    expect(lease.lost.aborted).toBe(false)
  })
})

describe('a lease that is broken by hand', () => {
  test('goes to who breaks it although its holder lives, and the holder is told at its next heartbeat', async () => {
    const timing = { heartbeatMs: 50, validMs: 60_000 }
    const holder = await acquire({ holder: ourselves('bob'), command: 'up', timing })
    const breaker = await acquire({ breakFence: holder.fence, command: 'lock break' })
    expect(breaker).toMatchObject({
      fence: 2,
      tookOverFrom: { user: 'bob', command: 'up', reason: 'broken' },
    })
    await sleep(300)
    expect(holder.lost.reason).toMatchObject({ fault: { code: 'lease-lost' } })
    await breaker.assertHeld()
    await breaker.release()
  })

  test('is another one by then: it is left alone', async () => {
    const first = await acquire({ holder: elsewhere })
    await first.release()
    const second = await acquire({ holder: elsewhere, command: 'swap' })
    const late = acquire({ breakFence: first.fence })
    expect(await faultOf(late)).toMatchObject({ code: 'lease-held', holder: { command: 'swap' } })
    await second.assertHeld()
    await second.release()
    expect((await acquire({ breakFence: second.fence })).tookOverFrom).toBeUndefined()
  })

  test('is renewed at that very moment: the break is made again', async () => {
    const holder = await acquire({ holder: elsewhere, timing: { heartbeatMs: 5, validMs: 60_000 } })
    expect((await acquire({ breakFence: holder.fence })).fence).toBe(2)
  })
})

describe('a store that fails during renewals', () => {
  test('costs nothing while it recovers within the validity', async () => {
    let failures = 3
    const flaky = disturbed(store, {
      beforeWrite: async (key) => {
        if (key === leaseKey(lab) && failures < 3 && failures++ >= 0) throw new Error('503')
      },
    })
    const lease = await acquire({ timing: { heartbeatMs: 30, validMs: 2000 } }, flaky)
    const before = (await readLease(store, lab))?.document.renewedAt ?? ''
    failures = 0
    await sleep(700)
    await lease.assertHeld()
    expect(failures).toBe(3)
    expect((await readLease(store, lab))?.document.renewedAt).not.toBe(before)
    await lease.release()
  })

  test('costs the lease once the validity has run out', async () => {
    let broken = false
    const failing = disturbed(store, {
      beforeWrite: async () => {
        if (broken) throw new Error('503')
      },
    })
    const lease = await acquire({ timing: { heartbeatMs: 30, validMs: 200 } }, failing)
    broken = true
    await sleep(600)
    expect(lease.lost.aborted).toBe(true)
    expect(await faultOf(lease.assertHeld())).toMatchObject({
      code: 'lease-lost',
      reason: expect.stringContaining('503'),
    })
  })

  test('does not cost the lease when a write got through and only its answer was lost', async () => {
    let lose = false
    const lossy: ObjectStore = {
      ...disturbed(store, {}),
      replace: async (key, body, version) => {
        const written = await store.replace(key, body, version)
        if (!lose) return written
        lose = false
        throw new Error('connection reset')
      },
    }
    const lease = await acquire({ timing: { heartbeatMs: 30, validMs: 2000 } }, lossy)
    lose = true
    await sleep(600)
    expect(lose).toBe(false)
    await lease.assertHeld()
    await lease.release()
    expect((await readLease(store, lab))?.holder).toBeNull()
  })
})
