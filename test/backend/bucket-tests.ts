import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, jest } from '@jest/globals'
import { openStore } from '../../backend/open-store.js'
import { startFakeGcs, withPrefix, type BucketServer, type TestBucket } from '../services/buckets.js'
import { describeBucketFaults } from './bucket-faults.js'
import { describeBucketLease } from './bucket-lease.js'
import { describeStoreContract } from './store-contract.js'

/** All that a bucket's server must bear, on one that all these tests share. */
export function describeBucketsOn(servers: readonly BucketServer[]): void {
  jest.setTimeout(30_000)
  describe.each(servers)('a bucket on %s', (name, start) => {
    let bucket: TestBucket
    beforeAll(async () => {
      bucket = await start()
      Object.assign(process.env, bucket.env)
    }, 90_000)
    afterAll(() => bucket.stop())

    const open = () => openStore(withPrefix(bucket.location, randomUUID()))
    // fake-gcs-server 1.56.1 ignores ifGenerationMatch on DELETE; Cloud Storage itself keeps it.
    describeStoreContract(name, open, { removesConditionally: start !== startFakeGcs })
    describeBucketLease(name, () => bucket)
    describeBucketFaults(name, () => bucket)
  })
}
