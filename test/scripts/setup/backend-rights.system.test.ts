import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { locationUrl, type S3Location } from '../../../backend/location.js'
import type { InitResult } from '../../../scripts/setup/init-result.js'
import type { BackendView } from '../../../scripts/setup/backend-show.js'
import { startMoto, type TestBucket } from '../../services/buckets.js'
import { MotoIam } from '../../services/moto-iam.js'
import { obtained, programs } from '../../services/programs.js'
import type { CliRun } from '../../stand-in/lab-cli.js'
import { useSandboxes } from '../../stand-in/sandbox.js'
import { sourcePath } from '../../support/cli/support.js'
import { backendCli, initialise } from '../../support/labs/backend-cli.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(180_000)
const makeSandbox = useSandboxes()

type Variables = Readonly<Record<string, string>>
let bucket: TestBucket
let location: S3Location
let other: S3Location
let users: Record<'labs' | 'reader' | 'setter', Variables>

/** A bucket with the settings of `backend init`, and users with the very policies that it prints. */
beforeAll(async () => {
  bucket = await startMoto()
  if (bucket.location.kind !== 's3') throw new TypeError(bucket.location.kind)
  location = bucket.location
  other = { ...location, bucket: `labs-${randomUUID()}` }
  const { policies } = await initialise(bucket, location)
  const printed = (audience: string): unknown => policies.find((policy) => policy.for === audience)?.document
  const template = await readFile(sourcePath('backend/policies/s3-init.json'), 'utf8')
  const setting = template.replaceAll('${partition}', 'aws').replaceAll('${bucket}', other.bucket)
  const iam = new MotoIam(bucket)
  users = {
    labs: await iam.user('labs', printed('labs')),
    reader: await iam.user('reader', printed('read-only')),
    /** Has no rights on the first bucket. */
    setter: await iam.user('setter', JSON.parse(setting)),
  }
  await iam.enforce()
}, 90_000)
afterAll(() => bucket.stop())

const asUser = async (user: keyof typeof users, place = location) => ({
  env: {
    ...users[user],
    DISTROLAB_BACKEND: locationUrl(place),
    DISTROLAB_TOFU: await obtained(programs.tofu),
  },
})

describe('the policy for people and CI', () => {
  test('is enough for a lab from up to down, on a bucket that keeps old versions', async () => {
    const box = await makeSandbox()
    const options = await asUser('labs')
    const ok = async (...args: string[]): Promise<CliRun> => {
      const run = await box.run(args, options)
      if (run.code !== 0) throw new Error(`${args.join(' ')} → ${run.code}\n${run.stderr}`)
      return run
    }
    await ok('up', '--profile', LAB)
    await ok('exec', LAB, '--', 'true')
    expect((await ok('backend', 'show', '-o', 'json')).json()).toMatchObject({
      labs: { living: 1, destroyed: 0 },
    })
    await ok('down', LAB)
    expect(await box.traces()).toEqual([])
  })

  test('gives nothing beside the labs of this backend', async () => {
    const { env } = await asUser('labs', { ...location, prefix: 'others' })
    const run = await backendCli({ ...location, prefix: 'others' }, env, 'init', '-o', 'json')
    expect(run.code).toBe(1)
    expect(run.json()).toMatchObject({ error: { code: 'store-forbidden' } })
    const box = await makeSandbox()
    const up = await box.run(['up', '--profile', LAB, '-o', 'json'], { env })
    expect(up.json()).toMatchObject({ error: { code: 'store-forbidden' } })
  })
})

describe('the policy for those who only look', () => {
  test('is enough to look', async () => {
    const box = await makeSandbox()
    const options = await asUser('reader')
    expect((await box.run(['list', '--all', '-o', 'json'], options)).json()).toMatchObject([{ lab: LAB }])
    expect((await box.run(['status', LAB], options)).stdout).toBe('destroyed\n')
    expect((await box.run(['history', LAB], options)).code).toBe(0)
    const show = await backendCli(location, options.env, 'show', '-o', 'json')
    expect(show.json<BackendView>()).toMatchObject({
      public: null,
      labs: { destroyed: 1 },
      lock: { conditions: 'untried' },
      visibility: {
        // moto 5.2.5 shows the public access block to everybody.
        untold: ['s3:GetBucketPolicyStatus', 's3:GetBucketAcl'],
      },
    })
  })

  test('is not enough to change anything', async () => {
    const box = await makeSandbox()
    const up = await box.run(['up', '--profile', LAB, '-o', 'json'], await asUser('reader'))
    expect(up.json()).toMatchObject({
      error: { code: 'store-forbidden', message: expect.stringContaining('s3:PutObject') },
    })
    expect(up.code).toBe(1)
  })
})

describe('backend init', () => {
  test('needs no more than the rights that are written down for it', async () => {
    const run = await backendCli(other, users.setter, 'init', '-o', 'json')
    expect(run.json<InitResult>()).toMatchObject({ place: 'made', changed: true, public: false })
    expect((await backendCli(other, users.setter, 'init', '-o', 'json')).json()).toMatchObject({
      changed: false,
    })
  })

  test('names the right that is missing', async () => {
    const run = await backendCli(location, users.labs, 'init', '-o', 'json')
    expect(run.code).toBe(1)
    const message = expect.stringContaining('lacks s3:GetBucketVersioning')
    expect(run.json()).toMatchObject({ error: { code: 'store-forbidden', message } })
  })

  test("takes a bucket that it may not even look at for somebody else's", async () => {
    const run = await backendCli(location, users.setter, 'init', '-o', 'json')
    expect(run.code).toBe(2)
    expect(run.json()).toMatchObject({ error: { code: 'store-taken' } })
    expect(run.stderr).toContain('Choose another name')
  })
})
