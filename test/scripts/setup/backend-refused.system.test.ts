import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { GcsLocation, S3Location } from '../../../backend/location.js'
import type { BackendView } from '../../../scripts/setup/backend-show.js'
import { startVersitygw, type TestBucket } from '../../services/buckets.js'
import type { Fault, Seen } from '../../services/faulty-proxy.js'
import { temporaryFolder } from '../../support/cli/support.js'
import { backendCli, useBuckets, useProxies } from '../../support/labs/backend-cli.js'

jest.setTimeout(120_000)
const bucketOn = useBuckets()
const proxyBefore = useProxies()
const verbs = ['show', 'init'] as const

const answer = (status: number, body: string): Fault => ({
  status,
  when: 'before',
  body,
  headers: { 'content-type': body.startsWith('{') ? 'application/json' : 'application/xml' },
})
const gcsAnswer = (code: number, message: string): Fault =>
  answer(code, JSON.stringify({ error: { code, message } }))

describe('a bucket in another region', () => {
  let ireland: TestBucket
  beforeAll(async () => {
    ireland = await startVersitygw({ region: 'eu-west-1' })
  }, 90_000)
  afterAll(() => ireland.stop())

  test.each(verbs)('is told by backend %s, with the region to name', async (verb) => {
    const location = { ...ireland.location, region: 'us-east-1' }
    const run = await backendCli(location, ireland.env, verb, '-o', 'json')
    expect(run.code).toBe(2)
    expect(run.json()).toMatchObject({ error: { code: 'store-wrong-region' } })
    expect(run.stderr).toContain('?region=eu-west-1')
  })

  test('is made in the region of its URL', async () => {
    const location = { ...ireland.location, bucket: `labs-${randomUUID()}` }
    expect((await backendCli(location, ireland.env, 'init')).code).toBe(0)
    expect((await backendCli(location, ireland.env, 'show')).code).toBe(0)
  })
})

describe('a bucket that appears between our look and our making it', () => {
  const absent = {
    versitygw: () => answer(404, '<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>'),
    gcs: () => gcsAnswer(404, 'The specified bucket does not exist.'),
  } as const
  const taken = {
    versitygw: () => answer(409, '<Error><Code>BucketAlreadyExists</Code><Message>taken</Message></Error>'),
    gcs: () => gcsAnswer(409, 'taken'),
  } as const

  test.each(['versitygw', 'gcs'] as const)('is adopted when it is ours (%s)', async (server) => {
    const proxy = await proxyBefore(bucketOn(server))
    proxy.once(absent[server](), ({ method }) => method === 'GET')
    const location = { ...bucketOn(server).location, endpoint: proxy.url }
    const run = await backendCli(location, bucketOn(server).env, 'init', '-o', 'json')
    expect(run.json()).toMatchObject({ place: 'found' })
    expect(run.code).toBe(0)
  })

  test.each(['versitygw', 'gcs'] as const)(
    "is left alone when it is somebody else's (%s)",
    async (server) => {
      const proxy = await proxyBefore(bucketOn(server))
      proxy.plan(({ method }) => (method === 'GET' ? absent[server]() : taken[server]()))
      const location = { ...bucketOn(server).location, endpoint: proxy.url }
      const run = await backendCli(location, bucketOn(server).env, 'init', '-o', 'json')
      expect(run.json()).toMatchObject({ error: { code: 'store-taken' } })
      expect(run.code).toBe(2)
    },
  )
})

describe('credentials', () => {
  test.each(verbs)('that are missing end backend %s with 7 (S3)', async (verb) => {
    const run = await backendCli(bucketOn('moto').location, {}, verb, '-o', 'json')
    expect(run.code).toBe(7)
    expect(run.json()).toMatchObject({ error: { code: 'store-credentials' } })
    expect(run.stderr).toContain('aws sso login')
  })

  test.each(verbs)('that have expired end backend %s with 7 (S3)', async (verb) => {
    const proxy = await proxyBefore(bucketOn('moto'))
    const body = '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>'
    proxy.plan(() => answer(400, body))
    const run = await backendCli(
      { ...bucketOn('moto').location, endpoint: proxy.url },
      bucketOn('moto').env,
      verb,
    )
    expect(run.code).toBe(7)
  })

  test.each(verbs)('whose file is missing end backend %s with 7 (GCS)', async (verb) => {
    const location: GcsLocation = { kind: 'gcs', bucket: 'labs-of-tests', prefix: '' }
    const run = await backendCli(location, { GOOGLE_APPLICATION_CREDENTIALS: '/no/such/file' }, verb)
    expect(run.code).toBe(7)
    expect(run.stderr).toContain('gcloud auth application-default login')
  })

  test.each(verbs)('that have expired end backend %s with 7 (GCS)', async (verb) => {
    const proxy = await proxyBefore(bucketOn('gcs'))
    proxy.plan(() => gcsAnswer(401, 'Invalid Credentials'))
    expect((await backendCli({ ...bucketOn('gcs').location, endpoint: proxy.url }, {}, verb)).code).toBe(7)
  })
})

describe('rights on S3', () => {
  test('that end in the middle are named, after what was done by then', async () => {
    const proxy = await proxyBefore(bucketOn('moto'))
    const body = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
    proxy.plan(({ method, url }) =>
      method === 'PUT' && url.includes('?versioning') ? answer(403, body) : undefined,
    )
    const location = { ...bucketOn('moto').location, bucket: `labs-${randomUUID()}`, endpoint: proxy.url }
    const run = await backendCli(location, bucketOn('moto').env, 'init')
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('public access: changed from not blocked to blocked')
    expect(run.stderr).toContain('lacks s3:PutBucketVersioning')
    proxy.plan(() => undefined)
    const again = await backendCli(location, bucketOn('moto').env, 'init')
    expect(again.stdout).toContain('public access: blocked, left as it is')
    expect(again.stdout).toContain('versioning: changed from off to Enabled')
  })
})

describe('rights on GCS', () => {
  async function refusing(matches: (seen: Seen) => boolean) {
    const proxy = await proxyBefore(bucketOn('gcs'))
    proxy.plan((seen) => (matches(seen) ? gcsAnswer(403, 'Forbidden') : undefined))
    return { ...bucketOn('gcs').location, endpoint: proxy.url }
  }

  test("that do not suffice to look at a bucket may mean that it is somebody else's", async () => {
    const run = await backendCli(await refusing(() => true), {}, 'init', '-o', 'json')
    expect(run.code).toBe(2)
    const message = expect.stringContaining('lack storage.buckets.get')
    expect(run.json()).toMatchObject({ error: { code: 'store-taken', message } })
  })

  test('that do not suffice to change a setting are named', async () => {
    const location = await refusing(({ method }) => method === 'PATCH')
    const run = await backendCli(location, {}, 'init', '-o', 'json')
    expect(run.code).toBe(1)
    const message = expect.stringContaining('lacks storage.buckets.update')
    expect(run.json()).toMatchObject({ error: { code: 'store-forbidden', message } })
  })

  test('that do not suffice to see who can read are named by backend show, which goes on', async () => {
    const location = await refusing(({ url }) => /\/(iam|acl)|\/b\/[^/]+\?/.test(url))
    const show = await backendCli(location, {}, 'show', '-o', 'json')
    expect(show.json<BackendView>()).toMatchObject({
      public: null,
      visibility: { untold: ['storage.buckets.get', 'storage.buckets.getIamPolicy'] },
    })
  })
})

describe('the provider itself, as far as it can be stood in for', () => {
  test('tells who we are, and is not asked to prove what AWS promises', async () => {
    const { server, env, location } = bucketOn('moto')
    const { endpoint: _, ...rest } = location as S3Location
    const variables = { ...env, AWS_ENDPOINT_URL: server.url }
    const show = (await backendCli(rest, variables, 'show', '-o', 'json')).json<BackendView>()
    expect(show).toMatchObject({
      identity: expect.stringMatching(/^arn:aws:sts::/),
      lock: { conditions: 'promised' },
    })
    const init = await backendCli(
      { ...rest, bucket: `labs-${randomUUID()}` },
      variables,
      'init',
      '-o',
      'json',
    )
    expect(init.json()).toMatchObject({ place: 'made', public: false })
  })

  test('shows the bucket to us even where it does not tell who we are', async () => {
    const { server, env, location } = bucketOn('moto')
    const { endpoint: _, ...rest } = location as S3Location
    const variables = { ...env, AWS_ENDPOINT_URL: server.url, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9' }
    const show = await backendCli(rest, variables, 'show')
    expect(show.code).toBe(0)
    expect(show.stdout).toMatch(/you are +unknown/)
  })

  test('makes no GCS bucket without a project, and tells the service account whose credentials these are', async () => {
    const location: GcsLocation = { kind: 'gcs', bucket: `labs-${randomUUID()}`, prefix: '' }
    const emulator = { STORAGE_EMULATOR_HOST: `${bucketOn('gcs').server.url}/storage/v1` }
    const refused = await backendCli(location, emulator, 'init', '-o', 'json')
    expect(refused.code).toBe(2)
    expect(refused.json()).toMatchObject({ error: { code: 'store-project-unknown' } })
    expect(refused.stderr).toContain('GOOGLE_CLOUD_PROJECT=PROJECT distrolab backend init')
    const project = { ...emulator, GOOGLE_CLOUD_PROJECT: 'labs' }
    expect((await backendCli(location, project, 'init', '--location', 'EU')).code).toBe(0)
    const file = join(temporaryFolder(), 'account.json')
    const account = {
      type: 'service_account',
      client_email: 'ci@labs.iam.gserviceaccount.com',
      private_key: 'k',
    }
    await writeFile(file, JSON.stringify(account))
    const show = await backendCli(location, { ...project, GOOGLE_APPLICATION_CREDENTIALS: file }, 'show')
    expect(show.stdout).toMatch(/you are +ci@labs\.iam\.gserviceaccount\.com/)
  })

  test.each(['s3', 'directory'] as const)('is told no location of a %s', async (kind) => {
    const location = kind === 's3' ? bucketOn('moto').location : { kind, path: temporaryFolder() }
    const run = await backendCli(location, bucketOn('moto').env, 'init', '--location', 'EU')
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('--location is for gs:// only')
  })
})
