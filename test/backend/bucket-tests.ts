import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, jest, test } from '@jest/globals'
import { openStore } from '../../backend/open-store.js'
import { startFakeGcs, withPrefix, type BucketServer, type TestBucket } from '../services/buckets.js'
import { describeBucketFaults } from './bucket-faults.js'
import { describeBucketLease } from './bucket-lease.js'
import { Child } from './child.js'
import { describeStoreContract } from './store-contract.js'
import { expectOneWinnerEach } from './store-race.js'

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

    test('has exactly one winner among fifty processes in each round of create and replace', async () => {
      const racers = await Child.startMany(50)
      try {
        await expectOneWinnerEach(await open(), racers)
      } finally {
        await Promise.all(racers.map((racer) => racer.kill()))
      }
    }, 300_000)
  })
}
