import { describe, expect, test } from '@jest/globals'
import type { GcsLocation, S3Location } from '../../backend/location.js'
import { openStore } from '../../backend/open-store.js'
import { startMoto } from '../services/buckets.js'
import type { Seen } from '../services/faulty-proxy.js'
import {
  always,
  expectNoConditions,
  patience,
  useServers,
  xml,
} from '../support/backend/explained-servers.js'
import { faultOf } from '../support/backend/support.js'

const environment = { ...process.env }
const { bucketOn, behindProxy } = useServers({ moto: startMoto })

describe('a bucket that is not there', () => {
  test('is named', async () => {
    const store = await openStore({ ...bucketOn('moto').location, bucket: 'no-such-bucket' }, { patience })
    const fault = { code: 'store-missing', bucket: 'no-such-bucket' }
    expect(await faultOf(store.list('labs/'))).toEqual(fault)
    expect(await faultOf(store.get('labs/a/k'))).toEqual(fault)
    expect(await faultOf(store.create('labs/a/k', ''))).toEqual(fault)
  })
})

describe('what S3 refuses', () => {
  test('names permission and identity where AWS says them', async () => {
    const { proxy, location } = await behindProxy('moto')
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
    const { proxy, location } = await behindProxy('moto')
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
    const { proxy, location } = await behindProxy('moto')
    proxy.plan(always(status, xml(code, 'elsewhere'), headers))
    const fault = { code: 'store-wrong-region', bucket: location.bucket, given: 'us-east-1' }
    const told = actual === undefined ? fault : { ...fault, actual }
    expect(await faultOf((await openStore(location)).get('k'))).toEqual(told)
  })

  test('says that there are no credentials at all', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name]
    Object.assign(process.env, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' })
    try {
      const store = await openStore(bucketOn('moto').location)
      expect(await faultOf(store.get('k'))).toMatchObject({ code: 'store-credentials', kind: 's3' })
    } finally {
      for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
        if (environment[name] === undefined) delete process.env[name]
        else process.env[name] = environment[name]
      }
    }
  })
})

describe('a server that ignores conditions', () => {
  const withoutHeaders = (seen: Seen): Seen => {
    const { 'if-none-match': _none, 'if-match': _match, ...headers } = seen.headers
    return { ...seen, headers }
  }

  test('is refused before anything is written', async () => {
    const { proxy, location } = await behindProxy('moto')
    proxy.rewrite(withoutHeaders)
    await expectNoConditions(await openStore(location), proxy.url)
  })

  test('is refused also when it keeps If-None-Match alone', async () => {
    const { proxy, location } = await behindProxy('moto')
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
    const { proxy, location } = await behindProxy('moto')
    proxy.plan(({ method }) =>
      method === 'PUT'
        ? always(501, xml('NotImplemented', 'A header you provided is not implemented'))()
        : undefined,
    )
    expect(await faultOf((await openStore(location)).create('k', ''))).toMatchObject({
      code: 'store-no-conditions',
    })
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
      code: 'store-unreachable',
      endpoint,
      reason: expect.stringContaining('ECONNREFUSED'),
    })
  })
})
