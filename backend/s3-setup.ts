import {
  CreateBucketCommand,
  GetBucketAclCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  type BucketLocationConstraint,
  type Grant,
} from '@aws-sdk/client-s3'
import { BackendError } from './errors.js'
import type { S3Location } from './location.js'
import type { Patience } from './patience.js'
import { S3Admin, type Send } from './s3-admin.js'
import { s3Aspects } from './s3-aspects.js'
import { s3ErrorName } from './s3-errors.js'
import type { Aspect, Setup, Visibility } from './setup.js'
import { unlessForbidden } from './unless-forbidden.js'

const LOOK_RIGHT = 's3:ListBucket'
const BLOCK_RIGHT = 's3:GetBucketPublicAccessBlock'

/** An S3 bucket, in the region of its URL. */
export class S3Setup implements Setup {
  readonly aspects: readonly Aspect[]
  readonly isTrusted: boolean
  readonly #admin: S3Admin

  constructor(
    private readonly location: S3Location,
    patience: Partial<Patience> = {},
  ) {
    this.#admin = new S3Admin(location, patience)
    this.isTrusted = location.endpoint === undefined
    this.aspects = s3Aspects(this.#admin)
  }

  async make(): Promise<'made' | 'found'> {
    return (await this.#isThere()) ? 'found' : this.#create()
  }

  async visibility(): Promise<Visibility> {
    const Bucket = this.location.bucket
    const untold: string[] = []
    const block = await this.#tell(untold, BLOCK_RIGHT, (client, options) =>
      client.send(new GetPublicAccessBlockCommand({ Bucket }), options),
    )
    const policy = await this.#tell(untold, 's3:GetBucketPolicyStatus', (client, options) =>
      client.send(new GetBucketPolicyStatusCommand({ Bucket }), options),
    )
    const acl = await this.#tell(untold, 's3:GetBucketAcl', (client, options) =>
      client.send(new GetBucketAclCommand({ Bucket }), options),
    )
    const blocks = block?.PublicAccessBlockConfiguration
    const byPolicy = policy?.PolicyStatus?.IsPublic === true ? ['bucket policy'] : []
    const byAcl = (acl?.Grants ?? []).flatMap(publicGrant)
    const isPolicyBlocked = blocks?.RestrictPublicBuckets === true
    const isAclBlocked = blocks?.IgnorePublicAcls === true
    return {
      open: [...(isPolicyBlocked ? [] : byPolicy), ...(isAclBlocked ? [] : byAcl)],
      blocked: [...(isPolicyBlocked ? byPolicy : []), ...(isAclBlocked ? byAcl : [])],
      untold,
    }
  }

  /** Another vendor's server has no such service. */
  async identity(): Promise<string | undefined> {
    if (this.location.endpoint !== undefined) return undefined
    const { awsIdentity } = await import('./aws-identity.js')
    return awsIdentity(this.location.region)
  }

  /** Undefined: the bucket does not have this setting, or we cannot know. */
  async #tell<T>(untold: string[], permission: string, send: Send<T>): Promise<T | undefined> {
    const found = await unlessForbidden(untold, () => this.#admin.look(permission, send))
    // A server without access blocks blocks nothing.
    if (found === 'unsupported' && permission !== BLOCK_RIGHT) untold.push(permission)
    return found === 'unset' || found === 'unsupported' ? undefined : found
  }

  /** Uses a list request, because an answer to HEAD has no body that would say what is wrong. */
  async #isThere(): Promise<boolean> {
    const { bucket: Bucket } = this.location
    try {
      return await this.#admin.ask('read', LOOK_RIGHT, async (client, options) => {
        try {
          await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), options)
          return true
        } catch (error) {
          if (s3ErrorName(error) === 'NoSuchBucket') return false
          throw error
        }
      })
    } catch (error) {
      throw isForbiddenToNobody(error) ? this.#taken(error) : error
    }
  }

  async #create(): Promise<'made' | 'found'> {
    const { bucket, region } = this.location
    // The one region that must not be named: it is where buckets without a named region are made.
    const place = region === 'us-east-1' ? {} : { CreateBucketConfiguration: constraint(region) }
    const answer = await this.#admin.ask('write', 's3:CreateBucket', async (client, options) => {
      try {
        await client.send(new CreateBucketCommand({ Bucket: bucket, ...place }), options)
        return 'made'
      } catch (error) {
        const name = s3ErrorName(error)
        if (name === 'BucketAlreadyOwnedByYou') return 'found'
        if (name === 'BucketAlreadyExists') return 'taken'
        throw error
      }
    })
    if (answer === 'taken') throw this.#taken()
    return answer
  }

  #taken(cause?: unknown): BackendError {
    const { bucket } = this.location
    return new BackendError({ code: 'store-taken', bucket, permission: LOOK_RIGHT }, { cause })
  }
}

/** The server decides which regions exist, not the client's built-in list. */
const constraint = (region: string): { readonly LocationConstraint: BucketLocationConstraint } => ({
  LocationConstraint: region as BucketLocationConstraint,
})

/** AWS says who lacks a right only if bucket and identity belong to the same account. */
const isForbiddenToNobody = (error: unknown): boolean =>
  error instanceof BackendError &&
  error.fault.code === 'store-forbidden' &&
  error.fault.identity === undefined

/** AWS identifies the groups by URI, versitygw 1.8.0 by id. */
function publicGrant({ Grantee, Permission }: Grant): string[] {
  const group = (Grantee?.URI ?? Grantee?.ID ?? '').split('/').at(-1) ?? ''
  const isPublic =
    Grantee?.Type === 'Group' && ['AllUsers', 'AuthenticatedUsers', 'all-users'].includes(group)
  return isPublic ? [`ACL (${Permission ?? '?'} for ${group})`] : []
}
