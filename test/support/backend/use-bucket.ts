import { afterAll, beforeAll } from '@jest/globals'
import type { TestBucket } from '../../services/buckets.js'

/** One server for all tests of a `describe`, in whose environment they then run. */
export function useBucketServer(start: () => Promise<TestBucket>): () => TestBucket {
  let bucket: TestBucket | undefined
  beforeAll(async () => {
    bucket = await start()
    Object.assign(process.env, bucket.env)
  }, 90_000)
  afterAll(() => bucket?.stop())
  return () => {
    if (bucket === undefined) throw new Error('the server has not been started')
    return bucket
  }
}
