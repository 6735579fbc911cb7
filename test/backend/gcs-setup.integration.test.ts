import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { GcsLocation } from '../../backend/location.js'
import { openSetup } from '../../backend/open-setup.js'
import { settle, type Settled } from '../../backend/setup.js'
import { GcsSettings } from '../services/gcs-settings.js'

let server: GcsSettings
beforeAll(async () => {
  server = await GcsSettings.start()
})
afterAll(() => server.stop())

const ours = {
  action: { type: 'Delete' },
  condition: { daysSinceNoncurrentTime: 30, matchesPrefix: ['team/labs/'] },
}

async function initialise(bucket: string): Promise<{ place: string; settled: Settled[] }> {
  const location: GcsLocation = { kind: 'gcs', bucket, prefix: 'team', endpoint: server.url }
  const setup = await openSetup(location, { gcsLocation: 'EU' })
  const place = await setup.make()
  const settled: Settled[] = []
  for (const aspect of setup.aspects) settled.push(await settle(aspect, setup))
  expect(await setup.visibility()).toEqual({ open: [], blocked: [], untold: [] })
  return { place, settled }
}

describe('a bucket whose server keeps every setting', () => {
  test('is closed from its first moment on, gets the rest, and is left alone the second time', async () => {
    const first = await initialise('new')
    expect(first.place).toBe('made')
    expect(Object.fromEntries(first.settled.map(({ aspect, outcome }) => [aspect, outcome]))).toEqual({
      versioning: 'changed',
      encryption: 'kept',
      'uniform access': 'kept',
      'public access': 'kept',
      'old versions': 'changed',
    })
    expect(server.buckets.get('new')).toEqual({
      name: 'new',
      location: 'EU',
      versioning: { enabled: true },
      lifecycle: { rule: [ours] },
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' },
    })
    const { changes } = server
    const second = await initialise('new')
    expect(second.place).toBe('found')
    expect(second.settled.map(({ outcome }) => outcome)).toEqual(Array(5).fill('kept'))
    expect(server.changes).toBe(changes)
  })

  test('keeps what others have set in it', async () => {
    const theirs = { action: { type: 'Delete' }, condition: { age: 9, matchesPrefix: ['site/'] } }
    server.buckets.set('theirs', {
      name: 'theirs',
      encryption: { defaultKmsKeyName: 'a/key' },
      lifecycle: { rule: [theirs] },
      iamConfiguration: { publicAccessPrevention: 'inherited' },
    })
    const { settled } = await initialise('theirs')
    expect(settled.map(({ aspect, before, after }) => [aspect, before, after])).toEqual([
      ['versioning', 'off', 'on'],
      ['encryption', 'a/key', 'a/key'],
      ['uniform access', 'off', 'on'],
      ['public access', 'not blocked (inherited)', 'blocked'],
      ['old versions', 'kept forever', 'removed after 30 days'],
    ])
    expect(server.buckets.get('theirs')).toMatchObject({ lifecycle: { rule: [theirs, ours] } })
  })

  test.each([
    ['a rule that ends all old versions', { daysSinceNoncurrentTime: 7 }, 'kept'],
    ['one of live objects of some age too', { daysSinceNoncurrentTime: 7, isLive: true }, 'changed'],
    ['one of another folder', { daysSinceNoncurrentTime: 7, matchesPrefix: ['team/labs/x'] }, 'changed'],
  ])('judges by what it does: %s', async (name, condition, outcome) => {
    const bucket = name.replaceAll(' ', '-')
    server.buckets.set(bucket, {
      name: bucket,
      lifecycle: { rule: [{ action: { type: 'Delete' }, condition }] },
    })
    const { settled } = await initialise(bucket)
    expect(settled).toContainEqual(expect.objectContaining({ aspect: 'old versions', outcome }))
  })
})
