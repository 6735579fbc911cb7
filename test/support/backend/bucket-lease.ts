import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { acquireLease, type Lease } from '../../../backend/lease.js'
import { readLeaseDocument } from '../../../backend/lease-document.js'
import { openLabWriter } from '../../../backend/lab-writer.js'
import { openStore } from '../../../backend/open-store.js'
import { readRecord } from '../../../backend/record.js'
import type { ObjectStore } from '../../../backend/store.js'
import type { TestBucket } from '../../services/buckets.js'
import { FaultyProxy, type Fault } from '../../services/faulty-proxy.js'
import { Child } from './child.js'
import { decided, elsewhere, faultOf, labName, ourselves } from './support.js'

const lab = labName('demo')
const patience = { attempts: 8, requestMs: 1_000, firstPauseMs: 5, longestPauseMs: 20 }
const HOUR_MS = 3_600_000

/** A lease in a bucket behind requests that fail, clocks that are wrong and holders that stand still. */
export function describeBucketLease(name: string, bucketOf: () => TestBucket): void {
  describe(`a lease in a bucket on ${name}`, () => {
    let proxy: FaultyProxy
    let store: ObjectStore
    let shaken: ObjectStore
    const children: Child[] = []
    beforeAll(async () => {
      proxy = await FaultyProxy.start(bucketOf().server.url)
    })
    afterAll(() => proxy.stop())
    beforeEach(async () => {
      const location = { ...bucketOf().location, prefix: randomUUID() }
      store = await openStore(location)
      shaken = await openStore({ ...location, endpoint: proxy.url }, { patience })
    })
    afterEach(async () => {
      proxy.plan(() => undefined)
      await Promise.all(children.splice(0).map((child) => child.kill()))
    })
    const startChild = async (skewMs: number): Promise<Child> => {
      const child = await Child.start()
      children.push(child)
      await child.ask({ do: 'skew-clock', ms: skewMs })
      return child
    }
    const take = (waitMs = 0): Promise<Lease> =>
      acquireLease(store, lab, { holder: ourselves(), command: 'down', waitMs })

    test('has never two owners, whatever happens to the requests of all who want it', async () => {
      const chaos: readonly Fault[] = [
        ...(['reset before', 'reset after', 'half an answer', 'late'] as const),
        ...([500, 503, 412] as const).map((status) => ({ status, when: 'after' }) as const),
      ]
      const random = pseudoRandom(7)
      for (let round = 0; round < 6; round++) {
        proxy.plan(() => (random() < 0.35 ? chaos[Math.floor(random() * chaos.length)] : undefined))
        const wanted = await Promise.allSettled(
          Array.from({ length: 6 }, (_, i) =>
            acquireLease(i % 2 ? shaken : store, lab, {
              holder: { ...elsewhere, user: `contender-${i}` },
              command: 'up',
              waitMs: 0,
            }),
          ),
        )
        const owners = wanted.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
        expect(owners.length).toBeLessThanOrEqual(1)
        const stored = (await readLeaseDocument(store, lab))?.document
        if (owners[0] !== undefined) {
          expect(stored?.holder?.user).toBe(owners[0].holder.user)
          expect(stored?.fence).toBe(owners[0].fence)
        }
        proxy.plan(() => undefined)
        await owners[0]?.release()
        // Who never learned that it owns the lease cannot give it back: that is what expiry is for.
        if (owners.length === 0 && stored?.holder) return
      }
    }, 60_000)

    test('is kept and given back over a connection that fails now and then', async () => {
      const lease = await acquireLease(shaken, lab, {
        holder: elsewhere,
        command: 'up',
        waitMs: 0,
        timing: { heartbeatMs: 50, validMs: 60_000 },
      })
      const writer = await openLabWriter(shaken, lease)
      await writer.create(decided)
      // Counted for each object: the heartbeats that run besides must not take all the tries that get through.
      const tries = new Map<string, number>()
      proxy.plan(({ method, url }) => {
        const key = `${method} ${url.split('?')[0] ?? ''}`
        const n = tries.get(key) ?? 0
        tries.set(key, n + 1)
        return n % 3 === 0 ? 'reset after' : n % 3 === 1 ? { status: 503, when: 'before' } : undefined
      })
      for (let i = 0; i < 4; i++) await writer.note(`note ${i}`)
      await lease.release()
      expect((await readLeaseDocument(store, lab))?.document.holder).toBeNull()
      expect((await readRecord(store, lab))?.lab.eventCount).toBe(5)
    }, 30_000)

    test.each([HOUR_MS, -HOUR_MS])(
      'is judged the same by a computer whose clock is off by %i ms',
      async (skewMs) => {
        const child = await startChild(skewMs)
        const lease = await acquireLease(store, lab, { holder: elsewhere, command: 'up', waitMs: 0 })
        const order = { do: 'hold-lease', url: store.url, lab, validMs: 60_000 } as const
        expect((await child.ask(order)).fault).toMatchObject({ code: 'lease-held' })
        await lease.release()
        expect(await child.ask(order)).toEqual({ value: '2' })
        const held = (await readLeaseDocument(store, lab))?.document
        expect(Math.abs(Date.parse(held?.since ?? '') - Date.now())).toBeLessThan(10_000)
        expect((await faultOf(take())).code).toBe('lease-held')
        await child.kill()
        const next = await take()
        expect(next.tookOverFrom?.reason).toBe('holder-dead')
        await next.release()
      },
      30_000,
    )

    test.each([HOUR_MS, -HOUR_MS])(
      'passes on by expiry from a paused holder whose clock is off by %i ms, and that one writes nothing more',
      async (skewMs) => {
        const setUp = await take()
        await (await openLabWriter(store, setUp)).create(decided)
        await setUp.release()
        const child = await startChild(skewMs)
        await child.ask({ do: 'hold-lease', url: store.url, lab, validMs: 2_500 })
        child.signal('SIGSTOP')
        expect((await faultOf(take())).code).toBe('lease-held')
        const lease = await take(15_000)
        expect(lease.tookOverFrom?.reason).toBe('expired')
        await openLabWriter(store, lease)
        const before = await readRecord(store, lab)
        child.signal('SIGCONT')
        expect((await child.ask({ do: 'write-record', message: 'from the grave' })).fault?.code).toBe(
          'lease-lost',
        )
        await sleep(300)
        expect(await readRecord(store, lab)).toEqual(before)
        await lease.release()
      },
      40_000,
    )
  })
}

/** Mulberry32: the same faults in every run. */
function pseudoRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
