import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals'
import type { GcsLocation, S3Location } from '../../../backend/location.js'
import type { ObjectStore } from '../../../backend/store.js'
import type { TestBucket } from '../../services/buckets.js'
import { FaultyProxy, type Fault } from '../../services/faulty-proxy.js'
import { faultOf } from './support.js'

export const patience = { attempts: 2, requestMs: 2_000, firstPauseMs: 5, longestPauseMs: 20 }

/** Registers these servers; the environment has the credentials of all of them again after each test. */
export function useServers<N extends string>(
  starts: Readonly<Record<N, () => Promise<TestBucket>>>,
): {
  readonly bucketOn: (server: N) => TestBucket
  /** The server's bucket behind a proxy of the test's own, under a prefix of its own. */
  readonly behindProxy: (server: N) => Promise<{ proxy: FaultyProxy; location: S3Location | GcsLocation }>
} {
  const buckets = new Map<string, TestBucket>()
  const proxies: FaultyProxy[] = []
  const letIn = (): void => {
    for (const bucket of buckets.values()) Object.assign(process.env, bucket.env)
  }
  const bucketOn = (server: N): TestBucket => {
    const bucket = buckets.get(server)
    if (bucket === undefined) throw new Error(`${server} has not been started`)
    return bucket
  }
  beforeAll(async () => {
    const named = Object.entries<() => Promise<TestBucket>>(starts)
    await Promise.all(named.map(async ([name, start]) => buckets.set(name, await start())))
    letIn()
  }, 90_000)
  afterAll(() => Promise.all([...buckets.values()].map((bucket) => bucket.stop())))
  afterEach(async () => {
    letIn()
    await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()))
  })
  const behindProxy = async (server: N) => {
    const bucket = bucketOn(server)
    const proxy = await FaultyProxy.start(bucket.server.url)
    proxies.push(proxy)
    return { proxy, location: { ...bucket.location, prefix: randomUUID(), endpoint: proxy.url } }
  }
  return { bucketOn, behindProxy }
}

export const xml = (code: string, message: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`

/** The same answer to every request. */
export const always = (status: number, body: string, headers: Record<string, string> = {}): (() => Fault) => {
  const type = body.startsWith('{') ? 'application/json' : 'application/xml'
  return () => ({ status, when: 'before', body, headers: { 'content-type': type, ...headers } })
}

/** A server that ignores conditions is refused at the first write, and nothing is written. */
export async function expectNoConditions(store: ObjectStore, endpoint: string): Promise<void> {
  expect(await store.get('labs/a/lease.json')).toBeUndefined()
  const refused = { code: 'store-no-conditions', endpoint, operation: 'create' }
  expect(await faultOf(store.create('labs/a/lease.json', '{}'))).toEqual(refused)
  expect(await faultOf(store.replace('labs/a/lease.json', '{}', 'v'))).toEqual(refused)
  expect(await store.list('')).toEqual([])
}
