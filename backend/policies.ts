import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { BackendLocation, GcsLocation, S3Location } from './location.js'

/**
 * Who gets rights on a backend. People and CI get the same ones, because each must be able to clean up after
 * the other.
 */
export type Audience = 'labs' | 'read-only'

export interface Policy {
  readonly for: Audience
  /** S3: an IAM policy. GCS: a role and its condition. */
  readonly document: unknown
}

/** The least rights that labs of this backend need; a folder has modes instead. */
export async function policiesOf(location: BackendLocation): Promise<readonly Policy[]> {
  if (location.kind === 'directory') return []
  const audiences: readonly Audience[] = ['labs', 'read-only']
  return Promise.all(
    audiences.map(async (audience) => ({ for: audience, document: await fill(location, audience) })),
  )
}

/** The files contain placeholders such as `${bucket}`. */
async function fill(location: S3Location | GcsLocation, audience: Audience): Promise<unknown> {
  const path = createRequire(import.meta.url).resolve(
    `#package/backend/policies/${location.kind}-${audience}.json`,
  )
  const { bucket, prefix } = location
  const values: Readonly<Record<string, string>> = {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    ...(location.kind === 's3' ? { partition: partitionOf(location), key: keyArn(location) } : {}),
  }
  const template = await readFile(path, 'utf8')
  const text = template.replace(/\$\{(\w+)\}/g, (_, name: string) =>
    JSON.stringify(values[name]).slice(1, -1),
  )
  const document: unknown = JSON.parse(text)
  return location.kind === 's3' ? withKey(document as IamPolicy, location) : document
}

interface IamPolicy {
  readonly Statement: readonly { readonly Sid: string }[]
}

/** Without a key, its statement is dropped. An alias has no rights of its own; the keys behind it have. */
function withKey(policy: IamPolicy, { kmsKey }: S3Location): IamPolicy {
  const alias = /alias\/[^:]*$/.exec(kmsKey ?? '')?.[0]
  const Statement = policy.Statement.flatMap((statement) => {
    if (statement.Sid !== 'DistrolabKey') return [statement]
    if (kmsKey === undefined) return []
    if (alias === undefined) return [statement]
    return [{ ...statement, Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } } }]
  })
  return { ...policy, Statement }
}

function keyArn(location: S3Location): string {
  const { kmsKey = '', region } = location
  if (kmsKey.startsWith('arn:') && !kmsKey.includes(':alias/')) return kmsKey
  const id = kmsKey.includes('alias/') ? '*' : kmsKey
  return `arn:${partitionOf(location)}:kms:${region}:*:key/${id}`
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf({ region }: S3Location): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
