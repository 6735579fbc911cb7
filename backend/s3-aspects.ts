import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type LifecycleRule,
} from '@aws-sdk/client-s3'
import { labsPrefix } from './keys.js'
import { pathInBucket } from './location.js'
import type { S3Admin } from './s3-admin.js'
import { property } from './sdk-error.js'
import { oldVersionsDays, type Aspect, type Look } from './setup.js'

/** Access comes first, in case the later settings fail. */
export const s3Aspects = (admin: S3Admin): readonly Aspect[] => [
  publicAccess(admin),
  encryption(admin),
  versioning(admin),
  oldVersions(admin),
]

const unsupported: Look = { is: 'unsupported', found: null }

function versioning(admin: S3Admin): Aspect {
  const { bucket: Bucket } = admin.location
  return {
    name: 'versioning',
    async look() {
      const found = await admin.look('s3:GetBucketVersioning', (client, options) =>
        client.send(new GetBucketVersioningCommand({ Bucket }), options),
      )
      if (found === 'unsupported') return unsupported
      const status = found === 'unset' ? undefined : found.Status
      return { is: status === 'Enabled' ? 'right' : 'wrong', found: status ?? 'off' }
    },
    set: () =>
      admin.set('s3:PutBucketVersioning', (client, options) => {
        const VersioningConfiguration = { Status: 'Enabled' } as const
        return client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }), options)
      }),
  }
}

/** Any default encryption is enough, unless the backend's URL names a key. */
function encryption(admin: S3Admin): Aspect {
  const { bucket: Bucket, kmsKey } = admin.location
  const wanted =
    kmsKey === undefined
      ? ({ SSEAlgorithm: 'AES256' } as const)
      : ({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKey } as const)
  return {
    name: 'encryption',
    async look() {
      const found = await admin.look('s3:GetEncryptionConfiguration', (client, options) =>
        client.send(new GetBucketEncryptionCommand({ Bucket }), options),
      )
      if (found === 'unsupported') return unsupported
      const rules = found === 'unset' ? [] : (found.ServerSideEncryptionConfiguration?.Rules ?? [])
      const { SSEAlgorithm, KMSMasterKeyID } = rules[0]?.ApplyServerSideEncryptionByDefault ?? {}
      if (SSEAlgorithm === undefined) return { is: 'wrong', found: 'off' }
      const isRight = kmsKey === undefined || isSameKey(kmsKey, KMSMasterKeyID)
      return {
        is: isRight ? 'right' : 'wrong',
        found: KMSMasterKeyID === undefined ? SSEAlgorithm : `${SSEAlgorithm} ${KMSMasterKeyID}`,
      }
    },
    set: () =>
      admin.set('s3:PutEncryptionConfiguration', (client, options) => {
        // A bucket key avoids most requests to KMS, and their cost.
        const Rules = [{ ApplyServerSideEncryptionByDefault: wanted, BucketKeyEnabled: kmsKey !== undefined }]
        const ServerSideEncryptionConfiguration = { Rules }
        return client.send(
          new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }),
          options,
        )
      }),
  }
}

/** Compares by the end of an ARN, which is the key's id or the alias. */
const isSameKey = (given: string, found = ''): boolean =>
  given === found || [':', '/'].some((sign) => found.endsWith(sign + given) || given.endsWith(sign + found))

const blocked = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
} as const

function publicAccess(admin: S3Admin): Aspect {
  const { bucket: Bucket } = admin.location
  const names = Object.keys(blocked) as (keyof typeof blocked)[]
  return {
    name: 'public access',
    async look() {
      const found = await admin.look('s3:GetBucketPublicAccessBlock', (client, options) =>
        client.send(new GetPublicAccessBlockCommand({ Bucket }), options),
      )
      if (found === 'unsupported') return unsupported
      const block = found === 'unset' ? undefined : found.PublicAccessBlockConfiguration
      const set = names.filter((name) => block?.[name] === true)
      if (set.length === names.length) return { is: 'right', found: 'blocked' }
      return { is: 'wrong', found: set.length === 0 ? 'not blocked' : `only ${set.join(', ')}` }
    },
    set: () =>
      admin.set('s3:PutBucketPublicAccessBlock', (client, options) =>
        client.send(
          new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: blocked }),
          options,
        ),
      ),
  }
}

/**
 * Every lock makes versions and delete markers. Any rule that ends our old versions is enough; all others
 * stay.
 */
function oldVersions(admin: S3Admin): Aspect {
  const { bucket: Bucket } = admin.location
  const prefix = pathInBucket(admin.location, labsPrefix)
  const ours: LifecycleRule = {
    ID: `distrolab ${prefix}`,
    Status: 'Enabled',
    Filter: { Prefix: prefix },
    NoncurrentVersionExpiration: { NoncurrentDays: oldVersionsDays },
    Expiration: { ExpiredObjectDeleteMarker: true },
  }
  const read = () =>
    admin.look('s3:GetLifecycleConfiguration', (client, options) =>
      client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), options),
    )
  return {
    name: 'old versions',
    async look() {
      const found = await read()
      if (found === 'unsupported') return unsupported
      const rule = found === 'unset' ? undefined : found.Rules?.find((one) => ends(one, prefix))
      if (rule === undefined) return { is: 'wrong', found: 'kept forever' }
      return { is: 'right', found: `removed after ${rule.NoncurrentVersionExpiration?.NoncurrentDays} days` }
    },
    async set() {
      const found = await read()
      const { Rules = [], TransitionDefaultMinimumObjectSize: size } = typeof found === 'object' ? found : {}
      const LifecycleConfiguration = { Rules: [...Rules.filter(({ ID }) => ID !== ours.ID), ours] }
      const kept = size === undefined ? {} : { TransitionDefaultMinimumObjectSize: size }
      return admin.set('s3:PutLifecycleConfiguration', (client, options) =>
        client.send(
          new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration, ...kept }),
          options,
        ),
      )
    },
  }
}

/** Whether a rule, possibly someone else's, ends the old versions of everything below a prefix. */
function ends(rule: LifecycleRule, prefix: string): boolean {
  const { Status, Filter = {}, NoncurrentVersionExpiration } = rule
  const isNarrow = Object.keys(Filter).some((name) => name !== 'Prefix')
  // Rules from before 2016 have their prefix outside the filter.
  const covered = Filter.Prefix ?? property(rule, 'Prefix') ?? ''
  const isOurs = typeof covered === 'string' && prefix.startsWith(covered)
  const days = NoncurrentVersionExpiration?.NoncurrentDays
  return Status === 'Enabled' && !isNarrow && isOurs && days !== undefined
}
