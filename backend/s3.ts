import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { Bucket, BucketRequest, Condition, KeyPage, StoredText, Trouble, WriteAnswer } from './bucket.js'
import { orRefused } from './bucket-answers.js'
import type { S3Location } from './location.js'
import { assertSize } from './plain-file.js'
import { s3Client, s3Endpoint } from './s3-client.js'
import { pageOf, requireListing } from './s3-listing.js'
import { explainS3Error, isAbsent, isRefused, isSaidAbsent } from './s3-errors.js'

/**
 * An S3 bucket. Conditional writes: If-None-Match since 2024-08, If-Match since 2024-11, on DELETE since 2025-09
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html).
 */
export class S3Bucket implements Bucket {
  readonly kind = 's3'
  readonly endpoint: string
  readonly #client: S3Client

  constructor(private readonly location: S3Location) {
    this.endpoint = s3Endpoint(location)
    this.#client = s3Client(location)
  }

  place(path: string): string {
    return `s3://${this.location.bucket}/${path}`
  }

  async read(path: string, signal: AbortSignal): Promise<StoredText | undefined> {
    try {
      const answer = await this.#client.send(new GetObjectCommand(this.#object(path)), {
        abortSignal: signal,
      })
      assertSize(this.place(path), answer.ContentLength ?? 0)
      const text = (await answer.Body?.transformToString('utf8')) ?? ''
      return { text, version: versionOf(answer.ETag) }
    } catch (error) {
      if (isSaidAbsent(error)) return undefined
      throw error
    }
  }

  async write(path: string, text: string, condition: Condition, signal: AbortSignal): Promise<WriteAnswer> {
    const { kmsKey } = this.location
    const command = new PutObjectCommand({
      ...this.#object(path),
      Body: text,
      ContentType: path.endsWith('.json') ? 'application/json' : 'text/plain',
      ...(condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.version }),
      // Without a key the bucket's own default applies; a header of ours would override it.
      ...(kmsKey === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKey }),
    })
    return orRefused(isRefused, async () => {
      const { ETag } = await this.#client.send(command, { abortSignal: signal })
      return { version: versionOf(ETag) }
    })
  }

  async remove(path: string, version: string, signal: AbortSignal): Promise<'removed' | 'refused'> {
    const command = new DeleteObjectCommand({ ...this.#object(path), IfMatch: version })
    return orRefused(isRefused, async () => {
      await this.#client.send(command, { abortSignal: signal })
      return 'removed' as const
    })
  }

  async discard(path: string, signal: AbortSignal): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#object(path)), { abortSignal: signal })
  }

  async list(prefix: string, page: string | undefined, signal: AbortSignal): Promise<KeyPage> {
    const command = new ListObjectsV2Command({
      Bucket: this.location.bucket,
      Prefix: prefix,
      ...(page === undefined ? {} : { ContinuationToken: page }),
    })
    requireListing(command)
    return pageOf(await this.#client.send(command, { abortSignal: signal }))
  }

  async date(path: string, signal: AbortSignal): Promise<Date> {
    const command = new HeadObjectCommand(this.#object(path))
    let date: string | undefined
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        date = headerOf(result.response, 'date')
        return result
      },
      { step: 'deserialize', priority: 'low', name: 'distrolabDate' },
    )
    await this.#client.send(command, { abortSignal: signal }).catch((error: unknown) => {
      if (!isAbsent(error)) throw error
    })
    const time = new Date(date ?? '')
    if (Number.isNaN(time.getTime())) throw new TypeError(`the answer has no Date header: ${String(date)}`)
    return time
  }

  explain(error: unknown, request: BucketRequest): Trouble {
    return explainS3Error(error, request, this.location, this.place(request.path))
  }

  #object(path: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.location.bucket, Key: path }
  }
}

function versionOf(etag: string | undefined): string {
  if (etag === undefined) throw new TypeError('the answer has no ETag header')
  return etag
}

/** The transport's response is typed unknown. */
function headerOf(response: unknown, name: string): string | undefined {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> }
  return headers?.[name]
}
