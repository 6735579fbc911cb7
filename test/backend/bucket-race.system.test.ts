import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, test } from '@jest/globals'
import { openStore } from '../../backend/open-store.js'
import { bucketServers, withPrefix, type TestBucket } from '../services/buckets.js'
import { Child } from './child.js'
import { expectOneWinnerEach } from './store-race.js'

describe.each(bucketServers)('a bucket on %s', (_name, start) => {
  let bucket: TestBucket
  beforeAll(async () => {
    bucket = await start()
    Object.assign(process.env, bucket.env)
  }, 90_000)
  afterAll(() => bucket.stop())

  test('has exactly one winner among fifty processes in each round of create and replace', async () => {
    const racers = await Child.startMany(50)
    try {
      await expectOneWinnerEach(await openStore(withPrefix(bucket.location, randomUUID())), racers)
    } finally {
      await Promise.all(racers.map((racer) => racer.kill()))
    }
  }, 300_000)
})
