import { describe, expect, test } from '@jest/globals'
import { openStore } from '../../backend/open-store.js'
import { startFakeGcs, startVersitygw } from '../services/buckets.js'
import type { Seen } from '../services/faulty-proxy.js'
import { always, expectNoConditions, patience, useServers } from '../support/backend/explained-servers.js'
import { faultOf } from '../support/backend/support.js'

const { bucketOn, behindProxy } = useServers({ gcs: startFakeGcs, versitygw: startVersitygw })
const json = (code: number, message: string): string => JSON.stringify({ error: { code, message } })

describe('a bucket that is not there', () => {
  test.each(['versitygw', 'gcs'] as const)('is named (%s)', async (server) => {
    const store = await openStore({ ...bucketOn(server).location, bucket: 'no-such-bucket' }, { patience })
    const fault = { code: 'store-missing', bucket: 'no-such-bucket' }
    expect(await faultOf(store.list('labs/'))).toEqual(fault)
    // fake-gcs-server calls every object of such a bucket missing; Cloud Storage says that the bucket is.
    if (server !== 'gcs') expect(await faultOf(store.get('labs/a/k'))).toEqual(fault)
    if (server !== 'gcs') expect(await faultOf(store.create('labs/a/k', ''))).toEqual(fault)
  })
})

describe('what S3 refuses', () => {
  test('tells wrong credentials from missing permissions', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'something else'
    const store = await openStore(bucketOn('versitygw').location)
    expect(await faultOf(store.get('k'))).toMatchObject({
      code: 'store-credentials',
      kind: 's3',
      reason: expect.stringContaining('SignatureDoesNotMatch'),
    })
  })
})

describe('what GCS refuses', () => {
  test('tells a missing bucket from a missing object', async () => {
    const { proxy, location } = await behindProxy('gcs')
    const store = await openStore(location)
    proxy.plan(always(404, json(404, 'The specified bucket does not exist.')))
    expect(await faultOf(store.get('k'))).toEqual({ code: 'store-missing', bucket: location.bucket })
    proxy.plan(always(404, 'No such object: labs/k'))
    expect(await store.get('k')).toBeUndefined()
  })

  test('names permission and identity', async () => {
    const { proxy, location } = await behindProxy('gcs')
    const said =
      'anna@example.org does not have storage.objects.list access to the Google Cloud Storage bucket. Permission denied.'
    proxy.plan(always(403, json(403, said)))
    const store = await openStore(location)
    const forbidden = {
      code: 'store-forbidden',
      permission: 'storage.objects.list',
      identity: 'anna@example.org',
    }
    expect(await faultOf(store.list(''))).toMatchObject(forbidden)
    proxy.plan(always(403, json(403, 'Forbidden')))
    expect(await faultOf(store.get('k'))).toMatchObject({ permission: 'storage.objects.get' })
  })

  test('tells expired credentials from missing permissions', async () => {
    const { proxy, location } = await behindProxy('gcs')
    proxy.plan(always(401, json(401, 'Invalid Credentials')))
    expect(await faultOf((await openStore(location)).get('k'))).toMatchObject({
      code: 'store-credentials',
      kind: 'gcs',
    })
  })

  test('deletes only the generation it was told, as far as the request goes', async () => {
    const { proxy, location } = await behindProxy('gcs')
    const { GcsBucket } = await import('../../backend/gcs.js')
    if (location.kind !== 'gcs') throw new TypeError('a GCS bucket')
    proxy.plan(() => ({ status: 412, when: 'before' }))
    expect(await new GcsBucket(location).remove('x/k', '17')).toBe('refused')
    expect(proxy.seen.map(({ method, url }) => `${method} ${url.split('?')[1]}`)).toEqual([
      'DELETE ifGenerationMatch=17',
    ])
  })
})

describe('a server that ignores conditions', () => {
  const withoutParameter = (seen: Seen): Seen => ({
    ...seen,
    url: seen.url.replace(/&?ifGenerationMatch=\d+/, ''),
  })

  test('is refused before anything is written', async () => {
    const { proxy, location } = await behindProxy('gcs')
    proxy.rewrite(withoutParameter)
    await expectNoConditions(await openStore(location), proxy.url)
  })

  test('is not suspected because many find out at once', async () => {
    const { location } = await behindProxy('versitygw')
    const stores = await Promise.all(Array.from({ length: 12 }, () => openStore(location)))
    await Promise.all(stores.map((store, i) => store.create(`labs/a/${i}`, '')))
    expect(await stores[0]?.list('labs/a/')).toHaveLength(12)
  })
})
