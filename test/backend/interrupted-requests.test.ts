import { expect, test } from '@jest/globals'
import { BucketStore } from '../../backend/bucket-store.js'
import type { Bucket } from '../../backend/bucket.js'
import { errorOf } from '../support/cli/support.js'

const never = (): Promise<never> => new Promise(() => undefined)

/** A bucket that never answers. */
function silentBucket(parts: Partial<Bucket> = {}): Bucket {
  return {
    kind: 's3',
    endpoint: 'https://store.test.invalid',
    place: (path) => `s3://labs/${path}`,
    read: never,
    write: never,
    remove: never,
    discard: never,
    list: never,
    date: never,
    explain: () => ({ kind: 'passing', reason: 'HTTP 503' }),
    ...parts,
  }
}

test.each<[string, (store: BucketStore) => Promise<unknown>]>([
  ['a read', (store) => store.get('labs/web/record.json')],
  ['a listing', (store) => store.list('labs/')],
  ['a look at the clock', (store) => store.now()],
])('%s that has no answer ends at once with what interrupts it', async (_what, ask) => {
  const controller = new AbortController()
  const store = new BucketStore(silentBucket(), '', 's3://labs', { until: controller.signal })
  const asked = errorOf(ask(store))
  const interrupted = new Error('interrupted')
  controller.abort(interrupted)
  expect(await asked).toBe(interrupted)
  expect(await errorOf(ask(store))).toBe(interrupted)
})

test('so does one that waits for its next attempt', async () => {
  const controller = new AbortController()
  const patience = {
    until: controller.signal,
    firstPauseMs: 60_000,
    longestPauseMs: 60_000,
    totalMs: 120_000,
  }
  let attempts = 0
  const bucket = silentBucket({
    read: async () => {
      attempts += 1
      throw new Error('HTTP 503')
    },
  })
  const asked = errorOf(new BucketStore(bucket, '', 's3://labs', patience).get('labs/web/record.json'))
  await new Promise(setImmediate)
  const interrupted = new Error('interrupted')
  controller.abort(interrupted)
  expect(await asked).toBe(interrupted)
  expect(attempts).toBe(1)
})

test('a write goes to its end all the same, so that its outcome is known', async () => {
  const controller = new AbortController()
  let answer = (): void => undefined
  const bucket = silentBucket({
    write: () =>
      new Promise((resolve) => {
        answer = () => resolve({ version: 'v1' })
      }),
  })
  const store = new BucketStore(bucket, '', 's3://labs', { until: controller.signal })
  const written = store.create('labs/web/record.json', '{}')
  controller.abort(new Error('interrupted'))
  answer()
  expect(await written).toBe('v1')
})
