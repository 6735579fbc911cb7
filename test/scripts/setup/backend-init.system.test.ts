import { randomUUID } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, jest, test } from '@jest/globals'
import {
  directoryLocation,
  locationUrl,
  type GcsLocation,
  type S3Location,
} from '../../../backend/location.js'
import { s3Client } from '../../../backend/s3-client.js'
import type { InitResult } from '../../../scripts/setup/init-result.js'
import { temporaryFolder } from '../../support/cli/support.js'
import { backendCli, initialise, useBuckets, type ServerName } from '../../support/labs/backend-cli.js'

jest.setTimeout(120_000)
const bucketOn = useBuckets()

/** A bucket that nobody has made yet. */
const unmade = (server: ServerName): S3Location | GcsLocation => ({
  ...bucketOn(server).location,
  bucket: `labs-${randomUUID()}`,
})

const outcomes = ({ settings }: InitResult): Record<string, string> =>
  Object.fromEntries(settings.map(({ aspect, outcome }) => [aspect, outcome]))

async function made(): Promise<{ location: S3Location; client: S3Client }> {
  const location = unmade('moto')
  if (location.kind !== 's3') throw new TypeError(location.kind)
  await initialise(bucketOn('moto'), location)
  return { location, client: s3Client(location) }
}

/** What each server can do; the rest has to be reported. */
const abilities = {
  moto: {
    'public access': 'changed',
    encryption: 'changed',
    versioning: 'changed',
    'old versions': 'changed',
  },
  versitygw: {
    'public access': 'unsupported',
    encryption: 'unsupported',
    versioning: 'unsupported',
    'old versions': 'unsupported',
  },
  gcs: {
    versioning: 'changed',
    encryption: 'kept',
    'uniform access': 'unsupported',
    'public access': 'unsupported',
    'old versions': 'unsupported',
  },
} as const

describe.each(['moto', 'versitygw', 'gcs'] as const)('backend init on %s', (server) => {
  test('makes a bucket as well as the server can, and changes nothing the second time', async () => {
    const location = unmade(server)
    const first = await initialise(bucketOn(server), location)
    expect(first).toMatchObject({ place: 'made', changed: true })
    expect(outcomes(first)).toEqual(abilities[server])
    const second = await initialise(bucketOn(server), location)
    expect(second).toMatchObject({ place: 'found', changed: false })
    const settled = Object.entries(abilities[server]).map(([aspect, outcome]) => [
      aspect,
      outcome === 'changed' ? 'kept' : outcome,
    ])
    expect(outcomes(second)).toEqual(Object.fromEntries(settled))
    expect(second.settings.map(({ after }) => after)).toEqual(first.settings.map(({ after }) => after))
  })

  test('says all that in words, with the rights for people, CI and readers', async () => {
    const location = unmade(server)
    const { stdout, stderr } = await backendCli(location, bucketOn(server).env, 'init')
    for (const [aspect, outcome] of Object.entries(abilities[server])) {
      const words = { changed: 'changed from', kept: '', unsupported: 'not supported by this server' }[
        outcome
      ]
      expect(stdout).toContain(`  ${aspect}: ${words}`)
    }
    expect(stdout).toContain('Rights for people and CI')
    expect(stdout).toContain(location.bucket)
    expect(stdout).toContain('team/labs/')
    expect(stderr).toBe('')
    const again = await backendCli(location, bucketOn(server).env, 'init')
    expect(again.stdout).toContain('Nothing was changed.')
    expect(stdout).not.toContain('Nothing was changed.')
  })

  test('is what backend show asks for where there is no bucket', async () => {
    const show = await backendCli(unmade(server), bucketOn(server).env, 'show', '-o', 'json')
    expect(show.code).toBe(2)
    expect(show.json()).toMatchObject({ error: { code: 'store-missing' } })
    expect(show.stderr).toContain('distrolab backend init')
  })
})

describe('a bucket that was there', () => {
  test("keeps the lifecycle rules of others beside ours, and one of theirs that does ours' work", async () => {
    const { location, client } = await made()
    const theirs: LifecycleRule = {
      ID: 'theirs',
      Status: 'Enabled',
      Filter: { Prefix: 'site/' },
      Expiration: { Days: 9 },
    } as const
    const put = (Rules: LifecycleRule[]) =>
      client.send(
        new PutBucketLifecycleConfigurationCommand({
          Bucket: location.bucket,
          LifecycleConfiguration: { Rules },
        }),
      )
    const ids = async (): Promise<(string | undefined)[]> => {
      const { Rules } = await client.send(
        new GetBucketLifecycleConfigurationCommand({ Bucket: location.bucket }),
      )
      return (Rules ?? []).map(({ ID }) => ID)
    }
    await put([theirs])
    expect(outcomes(await initialise(bucketOn('moto'), location))).toMatchObject({
      'old versions': 'changed',
    })
    expect(await ids()).toEqual(['theirs', 'distrolab team/labs/'])
    const wide: LifecycleRule = {
      ...theirs,
      Filter: { Prefix: '' },
      NoncurrentVersionExpiration: { NoncurrentDays: 7 },
    }
    await put([wide])
    const { settings } = await initialise(bucketOn('moto'), location)
    expect(settings).toContainEqual({
      aspect: 'old versions',
      outcome: 'kept',
      before: 'removed after 7 days',
      after: 'removed after 7 days',
    })
    expect(await ids()).toEqual(['theirs'])
  })

  test("gets the key of the backend's URL, and keeps a key when the URL names none", async () => {
    const { location } = await made()
    const withKey = await initialise(bucketOn('moto'), { ...location, kmsKey: 'alias/labs' })
    expect(withKey.settings).toContainEqual({
      aspect: 'encryption',
      outcome: 'changed',
      before: 'AES256',
      after: 'aws:kms alias/labs',
    })
    expect(JSON.stringify(withKey.policies)).toContain('kms:GenerateDataKey')
    for (const kmsKey of ['alias/labs', 'arn:aws:kms:us-east-1:123456789012:alias/labs'])
      expect((await initialise(bucketOn('moto'), { ...location, kmsKey })).changed).toBe(false)
    expect((await initialise(bucketOn('moto'), location)).changed).toBe(false)
  })
})

describe('a folder', () => {
  test('is made, found, and shown', async () => {
    const location = directoryLocation(join(temporaryFolder(), 'labs'))
    const first = await backendCli(location, {}, 'init')
    expect([first.code, first.stdout]).toEqual([0, `${locationUrl(location)}: created\n`])
    const second = await backendCli(location, {}, 'init', '-o', 'json')
    expect(second.json()).toMatchObject({ place: 'found', changed: false, public: false, policies: [] })
    const show = await backendCli(location, {}, 'show')
    expect(show.stdout).toMatch(/kind +directory/)
    expect(show.stdout).toMatch(/readers +only those with granted access/)
  })

  test('into which everybody can look is told so, and left as it is', async () => {
    const location = directoryLocation(temporaryFolder())
    await chmod(location.path, 0o755)
    const run = await backendCli(location, {}, 'init')
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('(mode 755); left as it is')])
    expect((await backendCli(location, {}, 'show')).stdout).toContain('everyone on this computer (mode 755)')
  })
})
