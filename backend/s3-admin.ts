import type { S3Client } from '@aws-sdk/client-s3'
import { askBucket } from './ask-bucket.js'
import type { BucketRequest, Trouble } from './bucket.js'
import type { S3Location } from './location.js'
import { usualPatience, type Patience } from './patience.js'
import { s3Client, s3Endpoint } from './s3-client.js'
import { explainS3Error, s3ErrorName } from './s3-errors.js'
import { property } from './sdk-error.js'

/** How S3 says that a bucket has no such setting (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). */
const unsetErrors = new Set([
  ...['ServerSideEncryptionConfigurationNotFoundError', 'NoSuchPublicAccessBlockConfiguration'],
  ...['NoSuchLifecycleConfiguration', 'NoSuchBucketPolicy'],
])

export type Send<T> = (client: S3Client, options: { readonly abortSignal: AbortSignal }) => Promise<T>

/**
 * Requests about an S3 bucket as a whole, each with the right that it needs. They throw BackendError as a
 * store does.
 */
export class S3Admin {
  readonly endpoint: string
  readonly #client: S3Client
  readonly #patience: Patience

  constructor(
    readonly location: S3Location,
    patience: Partial<Patience> = {},
  ) {
    this.endpoint = s3Endpoint(location)
    this.#client = s3Client(location)
    this.#patience = { ...usualPatience, ...patience }
  }

  /** `unset`: the bucket does not have this setting. `unsupported`: the server does not know it. */
  look<T>(permission: string, send: Send<T>): Promise<T | 'unset' | 'unsupported'> {
    return this.ask('read', permission, async (client, options) => {
      try {
        return await send(client, options)
      } catch (error) {
        if (unsetErrors.has(s3ErrorName(error))) return 'unset'
        if (isUnsupported(error)) return 'unsupported'
        throw error
      }
    })
  }

  set(permission: string, send: Send<unknown>): Promise<'done' | 'unsupported'> {
    return this.ask('write', permission, async (client, options) => {
      try {
        await send(client, options)
        return 'done' as const
      } catch (error) {
        if (isUnsupported(error)) return 'unsupported'
        throw error
      }
    })
  }

  ask<T>(operation: 'read' | 'write', permission: string, send: Send<T>): Promise<T> {
    return askBucket(this, { operation, path: '', permission }, this.#patience, (abortSignal) =>
      send(this.#client, { abortSignal }),
    )
  }

  explain(error: unknown, request: BucketRequest): Trouble {
    return explainS3Error(error, request, this.location, `s3://${this.location.bucket}`)
  }
}

/** Other vendors' servers support only a part of S3. */
function isUnsupported(error: unknown): boolean {
  const status = property(property(error, '$metadata'), 'httpStatusCode')
  return status === 501 || status === 405
}
