import { randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, jest, test } from '@jest/globals'
import { s3Client } from '../../../backend/s3-client.js'
import type { BackendView } from '../../../scripts/setup/backend-show.js'
import {
  backendAtTerminal,
  backendCli,
  initialise,
  useBuckets,
  useProxies,
} from '../../support/labs/backend-cli.js'

jest.setTimeout(120_000)
const bucketOn = useBuckets()
const proxyBefore = useProxies()

describe('a bucket that everybody can read', () => {
  const openToAll = (bucket: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` },
      ],
    })

  async function published(server: 'moto' | 'versitygw') {
    const location = { ...bucketOn(server).location, bucket: `labs-${randomUUID()}` }
    if (location.kind !== 's3') throw new TypeError(location.kind)
    const client = s3Client(location)
    const { bucket: Bucket } = location
    await client.send(new CreateBucketCommand({ Bucket }))
    await client.send(new PutBucketPolicyCommand({ Bucket, Policy: openToAll(Bucket) }))
    return { location, client }
  }

  test('is told so and closed; what made it public stays', async () => {
    const { location, client } = await published('moto')
    const { bucket: Bucket } = location
    await client.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }))
    const { env } = bucketOn('moto')
    const before = await backendCli(location, env, 'show')
    expect(before.stdout).toContain('PUBLIC: everyone, by bucket policy, ACL (READ for AllUsers)')
    const run = await backendCli(location, env, 'init')
    expect(run.code).toBe(0)
    expect(run.stderr).toContain('This bucket is PUBLIC: bucket policy, ACL (READ for AllUsers).')
    expect(run.stdout).toContain('bucket policy, ACL (READ for AllUsers) made it public')
    const { PublicAccessBlockConfiguration: block } = await client.send(
      new GetPublicAccessBlockCommand({ Bucket }),
    )
    expect(Object.values(block ?? {})).toEqual([true, true, true, true])
    expect((await client.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(openToAll(Bucket))
    const after = (await backendCli(location, env, 'show', '-o', 'json')).json<BackendView>()
    expect(after).toMatchObject({
      public: false,
      visibility: { open: [], blocked: ['bucket policy', expect.anything()] },
    })
    expect((await initialise(bucketOn('moto'), location)).changed).toBe(false)
  })

  test('is not closed before somebody at a terminal said yes', async () => {
    const { location } = await published('moto')
    const { env } = bucketOn('moto')
    const refused = await backendAtTerminal(location, env, 'n', 'init')
    expect(refused.screen).toContain('Block all public access')
    expect(refused.code).toBe(2)
    expect((await backendCli(location, env, 'show', '-o', 'json')).json()).toMatchObject({ public: true })
    expect((await backendAtTerminal(location, env, 'y', 'init')).code).toBe(0)
    expect((await backendCli(location, env, 'show', '-o', 'json')).json()).toMatchObject({ public: false })
    const quiet = await backendAtTerminal((await published('moto')).location, env, '', 'init', '--yes')
    expect(quiet.screen).not.toContain('Block all public access')
    expect(quiet.code).toBe(0)
  })

  test('is no place for labs where the server cannot close it', async () => {
    const { location } = await published('versitygw')
    const run = await backendCli(location, bucketOn('versitygw').env, 'init', '-o', 'json')
    expect(run.code).toBe(1)
    expect(run.json()).toMatchObject({ public: true, visibility: { open: ['bucket policy'] } })
    expect((await backendCli(location, bucketOn('versitygw').env, 'init')).stdout).toContain(
      'PUBLIC: everyone',
    )
  })

  test('is told so on GCS, by its IAM policy and its ACLs', async () => {
    const proxy = await proxyBefore(bucketOn('gcs'))
    const answers: [RegExp, object][] = [
      [
        /\/iam\?/,
        { bindings: [{ role: 'roles/storage.objectViewer', members: ['user:anna@x', 'allUsers'] }] },
      ],
      [
        /\/acl/,
        {
          items: [
            { entity: 'allAuthenticatedUsers', role: 'READER' },
            { entity: 'user-anna', role: 'OWNER' },
          ],
        },
      ],
    ]
    proxy.plan(({ url }) => {
      const body = answers.find(([page]) => page.test(url))?.[1]
      const headers = { 'content-type': 'application/json' }
      return body === undefined
        ? undefined
        : { status: 200, when: 'before', headers, body: JSON.stringify(body) }
    })
    const location = { ...bucketOn('gcs').location, endpoint: proxy.url }
    const open = ['roles/storage.objectViewer for allUsers', 'ACL (READER for allAuthenticatedUsers)']
    const show = await backendCli(location, {}, 'show', '-o', 'json')
    expect(show.json()).toMatchObject({ public: true, visibility: { open, untold: [] } })
    const run = await backendCli(location, {}, 'init', '-o', 'json')
    expect(run.code).toBe(1)
    expect(run.json()).toMatchObject({ public: true, visibility: { open } })
  })
})
