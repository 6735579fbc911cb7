import { randomUUID } from 'node:crypto'
import { describe, jest } from '@jest/globals'
import { openStore } from '../../../backend/open-store.js'
import { startFakeGcs, withPrefix, type BucketServer } from '../../services/buckets.js'
import { describeBucketFaults } from './bucket-faults.js'
import { describeBucketLease } from './bucket-lease.js'
import { describeStoreContract } from './store-contract.js'
import { useBucketServer } from './use-bucket.js'

/** All that a bucket's server must bear, on one that all these tests share. */
export function describeBucketsOn(servers: readonly BucketServer[]): void {
  jest.setTimeout(30_000)
  describe.each(servers)('a bucket on %s', (name, start) => {
    const bucketOf = useBucketServer(start)
    const open = () => openStore(withPrefix(bucketOf().location, randomUUID()))
    // fake-gcs-server 1.56.1 ignores ifGenerationMatch on DELETE; Cloud Storage itself keeps it.
    describeStoreContract(name, open, { removesConditionally: start !== startFakeGcs })
    describeBucketLease(name, bucketOf)
    describeBucketFaults(name, bucketOf)
  })
}
