import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { BucketStore } from '../../../backend/bucket-store.js'
import { GcsBucket } from '../../../backend/gcs.js'
import type { GcsLocation, S3Location } from '../../../backend/location.js'
import { locationUrl } from '../../../backend/location.js'
import { S3Bucket } from '../../../backend/s3.js'
import type { ObjectStore } from '../../../backend/store.js'
import type { TestBucket } from '../../services/buckets.js'
import { FaultyProxy, type Fault } from '../../services/faulty-proxy.js'
import { faultOf } from './support.js'

const patience = { attempts: 4, requestMs: 1_000, totalMs: 10_000, firstPauseMs: 5, longestPauseMs: 20 }

const faults: readonly Fault[] = [
  'reset before',
  'reset after',
  'silent before',
  'silent after',
  'late',
  'half an answer',
  { status: 500, when: 'before' },
  { status: 500, when: 'after' },
  { status: 503, when: 'before' },
  { status: 503, when: 'after' },
  { status: 429, when: 'before' },
  { status: 412, when: 'after' },
]
const nameOf = (fault: Fault): string =>
  typeof fault === 'string' ? fault : `${fault.status} ${fault.when} it was carried out`
const named = faults.map((fault) => [nameOf(fault), fault] as const)
/** A 412 that lies is believed where nothing of ours is found: refusing is always safe. */
const lasting = named.filter(([, fault]) => typeof fault === 'string' || fault.status !== 412)

function storeAt(location: S3Location | GcsLocation): ObjectStore {
  const bucket = location.kind === 's3' ? new S3Bucket(location) : new GcsBucket(location, patience.requestMs)
  return new BucketStore(bucket, `${location.prefix}/`, locationUrl(location), patience)
}

/** What a store makes of answers that are lost, late, broken or lies. */
export function describeBucketFaults(name: string, bucketOf: () => TestBucket): void {
  describe(`between us and ${name}`, () => {
    let proxy: FaultyProxy
    let direct: ObjectStore
    let store: ObjectStore
    beforeAll(async () => {
      proxy = await FaultyProxy.start(bucketOf().server.url)
    })
    afterAll(() => proxy.stop())
    beforeEach(() => {
      const prefix = randomUUID()
      const { location } = bucketOf()
      direct = storeAt({ ...location, prefix })
      store = storeAt({ ...location, prefix, endpoint: proxy.url })
    })
    afterEach(() => proxy.plan(() => undefined))

    test.each(named)('a write is recognised as ours: %s', async (_fault, fault) => {
      proxy.once(fault)
      const first = await store.create('labs/a/k', '1')
      expect(await direct.get('labs/a/k')).toEqual({ body: '1', version: first })
      proxy.once(fault)
      const second = await store.replace('labs/a/k', '2', first)
      expect(await direct.get('labs/a/k')).toEqual({ body: '2', version: second })
    })

    test.each(named)(
      "another's write is never taken for ours, even with the same body: %s",
      async (_fault, fault) => {
        const version = await direct.create('labs/a/k', 'same')
        proxy.once(fault)
        expect((await faultOf(store.create('labs/a/k', 'same'))).code).toBe('object-exists')
        const newer = await direct.replace('labs/a/k', 'same', version)
        proxy.once(fault)
        expect((await faultOf(store.replace('labs/a/k', 'same', version))).code).toBe('object-changed')
        expect(await direct.get('labs/a/k')).toEqual({ body: 'same', version: newer })
      },
    )

    test.each(lasting)('reading, listing and the clock survive: %s', async (_fault, fault) => {
      const version = await direct.create('labs/a/k', '1')
      proxy.once(fault)
      expect(await store.get('labs/a/k')).toEqual({ body: '1', version })
      proxy.once(fault)
      expect(await store.list('labs/')).toEqual(['labs/a/k'])
      proxy.once(fault)
      expect(Math.abs((await store.now()).getTime() - Date.now())).toBeLessThan(5_000)
    })

    test.each(lasting)('nothing is asked for ever: %s, each time', async (_fault, fault) => {
      proxy.plan(() => fault)
      const began = performance.now()
      expect(await faultOf(store.get('labs/a/k'))).toMatchObject({
        code: 'store-unreachable',
        endpoint: proxy.url,
      })
      expect(proxy.seen).toHaveLength(patience.attempts)
      expect(performance.now() - began).toBeLessThan(patience.totalMs)
    })

    test('a write that was carried out, but whose every answer is lost, is found in the store', async () => {
      proxy.plan(({ method }) => (method === 'GET' ? undefined : 'reset after'))
      const version = await store.create('labs/a/k', '1')
      expect(await direct.get('labs/a/k')).toEqual({ body: '1', version })
    })

    test('a write that never arrives says so, and has left what was there', async () => {
      const version = await direct.create('labs/a/k', '1')
      proxy.plan(({ method }) => (method === 'GET' ? undefined : 'reset before'))
      expect((await faultOf(store.replace('labs/a/k', '2', version))).code).toBe('store-unreachable')
      expect(await direct.get('labs/a/k')).toEqual({ body: '1', version })
    })
  })
}
