import { describe, expect, test } from '@jest/globals'
import type { S3Location } from '../../backend/location.js'
import { directoryLocation } from '../../backend/location.js'
import { policiesOf } from '../../backend/policies.js'

const s3: S3Location = { kind: 's3', bucket: 'labs', prefix: 'team/a', region: 'eu-west-1', pathStyle: false }

interface Statement {
  readonly Sid: string
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: unknown
}

async function statements(location: S3Location, audience: string): Promise<readonly Statement[]> {
  const policy = (await policiesOf(location)).find((one) => one.for === audience)
  return (policy?.document as { readonly Statement: readonly Statement[] }).Statement
}

describe('the rights on an S3 bucket', () => {
  test("are those on this backend's labs, and on the bucket's names", async () => {
    expect((await statements(s3, 'labs')).map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ['s3:ListBucket', 'arn:aws:s3:::labs'],
      [
        ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        [
          ...['arn:aws:s3:::labs/team/a/backend.json', 'arn:aws:s3:::labs/team/a/labs/*'],
          'arn:aws:s3:::labs/team/a/images/*',
        ],
      ],
    ])
    expect((await statements(s3, 'read-only')).map(({ Action }) => Action)).toEqual([
      's3:ListBucket',
      's3:GetObject',
    ])
    const [, whole] = await statements({ ...s3, prefix: '' }, 'labs')
    expect(whole?.Resource).toEqual([
      ...['arn:aws:s3:::labs/backend.json', 'arn:aws:s3:::labs/labs/*', 'arn:aws:s3:::labs/images/*'],
    ])
  })

  test.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
  ])('name the partition of %s', async (region, partition) => {
    const [names] = await statements({ ...s3, region }, 'labs')
    expect(names?.Resource).toBe(`arn:${partition}:s3:::labs`)
  })

  test.each([
    ['1234-abcd', 'arn:aws:kms:eu-west-1:*:key/1234-abcd'],
    ['arn:aws:kms:eu-west-1:123456789012:key/1234', 'arn:aws:kms:eu-west-1:123456789012:key/1234'],
  ])('include the use of the key %s', async (kmsKey, Resource) => {
    expect((await statements({ ...s3, kmsKey }, 'labs'))[2]).toMatchObject({
      Sid: 'DistrolabKey',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource,
    })
    expect((await statements({ ...s3, kmsKey }, 'read-only'))[2]).toMatchObject({
      Action: 'kms:Decrypt',
      Resource,
    })
  })

  test.each(['alias/labs', 'arn:aws:kms:eu-west-1:123456789012:alias/labs'])(
    'include the use of whichever key has the alias %s, for an alias has no rights',
    async (kmsKey) => {
      expect((await statements({ ...s3, kmsKey }, 'labs'))[2]).toMatchObject({
        Resource: 'arn:aws:kms:eu-west-1:*:key/*',
        Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/labs' } },
      })
    },
  )

  test('are well-formed whatever a key is called', async () => {
    const [, , key] = await statements({ ...s3, kmsKey: '"}\\' }, 'labs')
    expect(key?.Resource).toBe('arn:aws:kms:eu-west-1:*:key/"}\\')
  })
})

test("the rights on a GCS bucket are a role, on this backend's labs and the lists of them", async () => {
  const [labs, readOnly] = await policiesOf({ kind: 'gcs', bucket: 'b', prefix: 'team' })
  expect(labs).toEqual({
    for: 'labs',
    document: {
      role: 'roles/storage.objectUser',
      condition: {
        title: 'distrolab labs',
        expression:
          "resource.name == 'projects/_/buckets/b/objects/team/backend.json' || " +
          "resource.name.startsWith('projects/_/buckets/b/objects/team/labs/') || " +
          "api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('team/labs/') || " +
          "resource.name.startsWith('projects/_/buckets/b/objects/team/images/') || " +
          "api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('team/images/')",
      },
    },
  })
  expect(readOnly).toMatchObject({ for: 'read-only', document: { role: 'roles/storage.objectViewer' } })
})

test('a folder has modes, no policies', async () => {
  expect(await policiesOf(directoryLocation('/srv/labs'))).toEqual([])
})
