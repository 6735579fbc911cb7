import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { GcsLocation, S3Location } from '../../backend/location.js'
import { openStore } from '../../backend/open-store.js'
import { startFakeGcs, startMoto, startVersitygw, type TestBucket } from '../services/buckets.js'
import { FaultyProxy, type Fault, type Seen } from '../services/faulty-proxy.js'
import { faultOf } from './support.js'

const patience = { attempts: 2, requestMs: 2_000, firstPauseMs: 5, longestPauseMs: 20 }
let buckets: Record<'moto' | 'versitygw' | 'gcs', TestBucket>
let proxies: FaultyProxy[]
const environment = { ...process.env }
beforeAll(async () => {
  const [moto, versitygw, gcs] = await Promise.all([startMoto(), startVersitygw(), startFakeGcs()])
  buckets = { moto, versitygw, gcs }
  Object.assign(process.env, moto.env)
}, 90_000)
afterAll(() => Promise.all(Object.values(buckets).map((bucket) => bucket.stop())))
afterEach(async () => {
  Object.assign(process.env, buckets.moto.env)
  await Promise.all((proxies ?? []).splice(0).map((proxy) => proxy.stop()))
})

async function behindProxy(
  bucket: TestBucket,
): Promise<{ proxy: FaultyProxy; location: S3Location | GcsLocation }> {
  const proxy = await FaultyProxy.start(bucket.server.url)
  proxies = [...(proxies ?? []), proxy]
  return { proxy, location: { ...bucket.location, prefix: randomUUID(), endpoint: proxy.url } }
}

const xml = (code: string, message: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
const json = (code: number, message: string): string => JSON.stringify({ error: { code, message } })
const always = (status: number, body: string, headers: Record<string, string> = {}): (() => Fault) => {
  const type = body.startsWith('{') ? 'application/json' : 'application/xml'
  return () => ({ status, when: 'before', body, headers: { 'content-type': type, ...headers } })
}

describe('a bucket that is not there', () => {
  test.each(['moto', 'versitygw', 'gcs'] as const)('is named (%s)', async (server) => {
    const store = await openStore({ ...buckets[server].location, bucket: 'no-such-bucket' }, { patience })
    const fault = { code: 'store-missing', bucket: 'no-such-bucket' }
    expect(await faultOf(store.list('labs/'))).toEqual(fault)
    // fake-gcs-server calls every object of such a bucket missing; Cloud Storage says that the bucket is.
    if (server !== 'gcs') expect(await faultOf(store.get('labs/a/k'))).toEqual(fault)
    if (server !== 'gcs') expect(await faultOf(store.create('labs/a/k', ''))).toEqual(fault)
  })
})

describe('what S3 refuses', () => {
  test('names permission and identity where AWS says them', async () => {
    const { proxy, location } = await behindProxy(buckets.moto)
    const said =
      'User: arn:aws:iam::123456789012:user/anna is not authorized to perform: kms:GenerateDataKey on resource: x'
    proxy.plan(always(403, xml('AccessDenied', said)))
    expect(await faultOf((await openStore(location)).get('labs/a/k'))).toEqual({
      code: 'store-forbidden',
      place: `s3://${location.bucket}/${location.prefix}/labs/a/k`,
      permission: 'kms:GenerateDataKey',
      identity: 'arn:aws:iam::123456789012:user/anna',
    })
  })

  test('names the permission that the request needs where it does not', async () => {
    const { proxy, location } = await behindProxy(buckets.moto)
    const store = await openStore(location)
    proxy.plan(always(403, xml('AccessDenied', 'Access Denied')))
    expect(await faultOf(store.get('k'))).toMatchObject({
      code: 'store-forbidden',
      permission: 's3:GetObject',
    })
    expect(await faultOf(store.list(''))).toMatchObject({
      code: 'store-forbidden',
      permission: 's3:ListBucket',
    })
    expect(await faultOf(store.now())).toMatchObject({ code: 'store-forbidden', permission: 's3:ListBucket' })
    proxy.plan(({ method }) =>
      method === 'PUT' ? always(403, xml('AccessDenied', 'Access Denied'))() : undefined,
    )
    expect(await faultOf(store.create('k', ''))).toMatchObject({ permission: 's3:PutObject' })
    expect(proxy.seen.filter(({ method }) => method === 'PUT')).toHaveLength(1)
  })

  test.each([
    [301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-central-1' }, 'eu-central-1'],
    [400, 'AuthorizationHeaderMalformed', { 'x-amz-bucket-region': 'eu-central-1' }, 'eu-central-1'],
    [301, 'PermanentRedirect', {}, undefined],
  ])('tells the region in which the bucket is: %i %s %j', async (status, code, headers, actual) => {
    const { proxy, location } = await behindProxy(buckets.moto)
    proxy.plan(always(status, xml(code, 'elsewhere'), headers))
    const fault = { code: 'store-wrong-region', bucket: location.bucket, given: 'us-east-1' }
    const told = actual === undefined ? fault : { ...fault, actual }
    expect(await faultOf((await openStore(location)).get('k'))).toEqual(told)
  })

  test('tells wrong credentials from missing permissions', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'something else'
    const store = await openStore(buckets.versitygw.location)
    expect(await faultOf(store.get('k'))).toMatchObject({
      code: 'store-credentials',
      kind: 's3',
      reason: expect.stringContaining('SignatureDoesNotMatch'),
    })
  })

  test('says that there are no credentials at all', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name]
    Object.assign(process.env, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' })
    try {
      const store = await openStore(buckets.moto.location)
      expect(await faultOf(store.get('k'))).toMatchObject({ code: 'store-credentials', kind: 's3' })
    } finally {
      for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
        if (environment[name] === undefined) delete process.env[name]
        else process.env[name] = environment[name]
      }
    }
  })
})

describe('what GCS refuses', () => {
  test('tells a missing bucket from a missing object', async () => {
    const { proxy, location } = await behindProxy(buckets.gcs)
    const store = await openStore(location)
    proxy.plan(always(404, json(404, 'The specified bucket does not exist.')))
    expect(await faultOf(store.get('k'))).toEqual({ code: 'store-missing', bucket: location.bucket })
    proxy.plan(always(404, 'No such object: labs/k'))
    expect(await store.get('k')).toBeUndefined()
  })

  test('names permission and identity', async () => {
    const { proxy, location } = await behindProxy(buckets.gcs)
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
    const { proxy, location } = await behindProxy(buckets.gcs)
    proxy.plan(always(401, json(401, 'Invalid Credentials')))
    expect(await faultOf((await openStore(location)).get('k'))).toMatchObject({
      ...{ code: 'store-credentials', kind: 'gcs' },
    })
  })

  test('deletes only the generation it was told, as far as the request goes', async () => {
    const { proxy, location } = await behindProxy(buckets.gcs)
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
  const withoutHeaders = (seen: Seen): Seen => {
    const { 'if-none-match': _none, 'if-match': _match, ...headers } = seen.headers
    return { ...seen, headers }
  }
  const withoutParameter = (seen: Seen): Seen => ({
    ...seen,
    url: seen.url.replace(/&?ifGenerationMatch=\d+/, ''),
  })

  test.each([
    ['moto', withoutHeaders],
    ['gcs', withoutParameter],
  ] as const)('is refused before anything is written (%s)', async (server, rewrite) => {
    const { proxy, location } = await behindProxy(buckets[server])
    proxy.rewrite(rewrite)
    const store = await openStore(location)
    expect(await store.get('labs/a/lease.json')).toBeUndefined()
    const refused = { code: 'store-no-conditions', endpoint: proxy.url, operation: 'create' }
    expect(await faultOf(store.create('labs/a/lease.json', '{}'))).toEqual(refused)
    expect(await faultOf(store.replace('labs/a/lease.json', '{}', 'v'))).toEqual(refused)
    expect(await store.list('')).toEqual([])
  })

  test('is refused also when it keeps If-None-Match alone', async () => {
    const { proxy, location } = await behindProxy(buckets.moto)
    proxy.rewrite((seen) => {
      const { 'if-match': _match, ...headers } = seen.headers
      return { ...seen, headers }
    })
    const store = await openStore(location)
    expect(await faultOf(store.create('k', ''))).toMatchObject({
      code: 'store-no-conditions',
      operation: 'replace',
    })
  })

  test('is refused when it says itself that it does not know them', async () => {
    const { proxy, location } = await behindProxy(buckets.moto)
    proxy.plan(({ method }) =>
      method === 'PUT'
        ? always(501, xml('NotImplemented', 'A header you provided is not implemented'))()
        : undefined,
    )
    expect(await faultOf((await openStore(location)).create('k', ''))).toMatchObject({
      code: 'store-no-conditions',
    })
  })

  test('is not suspected because many find out at once', async () => {
    const { location } = await behindProxy(buckets.versitygw)
    const stores = await Promise.all(Array.from({ length: 12 }, () => openStore(location)))
    await Promise.all(stores.map((store, i) => store.create(`labs/a/${i}`, '')))
    expect(await stores[0]?.list('labs/a/')).toHaveLength(12)
  })
})

describe('a server that cannot be reached', () => {
  test.each(['s3', 'gcs'] as const)('is named with the reason (%s)', async (kind) => {
    const endpoint = 'http://127.0.0.1:9'
    const place = { bucket: 'labs', prefix: '', endpoint }
    const location: S3Location | GcsLocation =
      kind === 's3' ? { kind, ...place, region: 'us-east-1', pathStyle: true } : { kind, ...place }
    const store = await openStore(location, { patience })
    expect(await faultOf(store.get('k'))).toMatchObject({
      ...{ code: 'store-unreachable', endpoint, reason: expect.stringContaining('ECONNREFUSED') },
    })
  })
})
