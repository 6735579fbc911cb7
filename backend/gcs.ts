import type { File, Storage } from '@google-cloud/storage'
import type { Bucket, BucketRequest, Condition, KeyPage, StoredText, Trouble, WriteAnswer } from './bucket.js'
import { notAListing, orRefused } from './bucket-answers.js'
import { gcsClient, gcsEndpoint } from './gcs-client.js'
import { explainGcsError, isAbsent, isRefused, responseHeader } from './gcs-errors.js'
import type { GcsLocation } from './location.js'
import { usualPatience } from './patience.js'
import { assertSize } from './plain-file.js'
import { property } from './sdk-error.js'

/**
 * A Cloud Storage bucket. A version is a generation number; 0 means no object (docs: request preconditions).
 */
export class GcsBucket implements Bucket {
  readonly kind = 'gcs'
  readonly endpoint: string
  readonly #storage: Storage

  constructor(
    private readonly location: GcsLocation,
    requestMs = usualPatience.requestMs,
  ) {
    this.endpoint = gcsEndpoint(location)
    this.#storage = gcsClient(location, requestMs)
  }

  place(path: string): string {
    return `gs://${this.location.bucket}/${path}`
  }

  async read(path: string): Promise<StoredText | undefined> {
    const stream = this.#file(path).createReadStream({ validation: false })
    let version: string | undefined
    stream.once('response', (response: unknown) => {
      version = responseHeader(response, 'x-goog-generation')
    })
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of stream) {
        chunks.push(chunk as Buffer)
        size += (chunk as Buffer).length
        assertSize(this.place(path), size)
      }
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
    if (version === undefined) throw new TypeError('the answer has no x-goog-generation header')
    return { text: Buffer.concat(chunks).toString('utf8'), version }
  }

  async write(path: string, text: string, condition: Condition): Promise<WriteAnswer> {
    const file = this.#file(path)
    return orRefused(isRefused, async () => {
      await file.save(text, {
        resumable: false,
        validation: false,
        contentType: path.endsWith('.json') ? 'application/json' : 'text/plain',
        preconditionOpts: { ifGenerationMatch: condition === 'absent' ? 0 : generationOf(condition.version) },
      })
      const { generation } = file.metadata
      if (generation === undefined) throw new TypeError('the answer has no generation')
      return { version: String(generation) }
    })
  }

  async remove(path: string, version: string): Promise<'removed' | 'refused'> {
    return orRefused(isRefused, async () => {
      await this.#file(path).delete({ ifGenerationMatch: generationOf(version) })
      return 'removed' as const
    })
  }

  async discard(path: string): Promise<void> {
    try {
      await this.#file(path).delete()
    } catch (error) {
      if (!isAbsent(error)) throw error
    }
  }

  async list(prefix: string, page: string | undefined): Promise<KeyPage> {
    // The SDK's own `getFiles` is not used: an answer without a body causes an uncaught TypeError in it.
    const [body] = (await this.#storage.bucket(this.location.bucket).request({
      uri: '/o',
      qs: {
        prefix,
        fields: 'kind,items/name,nextPageToken',
        ...(page === undefined ? {} : { pageToken: page }),
      },
    })) as readonly unknown[]
    return readListing(body)
  }

  async date(path: string): Promise<Date> {
    const date = await this.#file(path)
      .getMetadata()
      .then(
        ([, response]) => responseHeader(response, 'date'),
        (error: unknown) => {
          if (isAbsent(error)) return responseHeader((error as { response?: unknown }).response, 'date')
          throw error
        },
      )
    const time = new Date(date ?? '')
    if (Number.isNaN(time.getTime())) throw new TypeError(`the answer has no Date header: ${String(date)}`)
    return time
  }

  explain(error: unknown, request: BucketRequest): Trouble {
    return explainGcsError(error, request, this.location.bucket, this.place(request.path))
  }

  #file(path: string): File {
    return this.#storage.bucket(this.location.bucket).file(path)
  }
}

/** https://cloud.google.com/storage/docs/json_api/v1/objects/list */
function readListing(body: unknown): KeyPage {
  const items = property(body, 'items') ?? []
  if (property(body, 'kind') !== 'storage#objects' || !Array.isArray(items)) {
    throw notAListing(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''))
  }
  const keys = items.map((item: unknown) => String(property(item, 'name')))
  const next = property(body, 'nextPageToken')
  return typeof next === 'string' ? { keys, next } : { keys }
}

/** Not a generation, for example a version of another kind of store: no object can have it. */
const generationOf = (version: string): string => (/^[1-9]\d*$/.test(version) ? version : '1')
