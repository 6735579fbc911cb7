import { randomUUID } from 'node:crypto'
import { describe, test } from '@jest/globals'
import { openStore } from '../../backend/open-store.js'
import { bucketServers, withPrefix } from '../services/buckets.js'
import { Child } from '../support/backend/child.js'
import { expectOneWinnerEach } from '../support/backend/store-race.js'
import { useBucketServer } from '../support/backend/use-bucket.js'

describe.each(bucketServers)('a bucket on %s', (_name, start) => {
  const bucketOf = useBucketServer(start)

  test('has exactly one winner among fifty processes in each round of create and replace', async () => {
    const racers = await Child.startMany(50)
    try {
      await expectOneWinnerEach(await openStore(withPrefix(bucketOf().location, randomUUID())), racers)
    } finally {
      await Promise.all(racers.map((racer) => racer.kill()))
    }
  }, 300_000)
})
