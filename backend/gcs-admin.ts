import type { Bucket, BucketMetadata, Storage } from '@google-cloud/storage'
import { askBucket } from './ask-bucket.js'
import type { BucketRequest, Trouble } from './bucket.js'
import { gcsClient, gcsEndpoint } from './gcs-client.js'
import { explainGcsError } from './gcs-errors.js'
import type { GcsLocation } from './location.js'
import { usualPatience, type Patience } from './patience.js'

/**
 * Requests about a GCS bucket as a whole, each with the right that it needs. They throw BackendError as a
 * store does.
 */
export class GcsAdmin {
  readonly endpoint: string
  readonly storage: Storage
  readonly #patience: Patience

  constructor(
    readonly location: GcsLocation,
    patience: Partial<Patience> = {},
  ) {
    this.endpoint = gcsEndpoint(location)
    this.#patience = { ...usualPatience, ...patience }
    this.storage = gcsClient(location, this.#patience.requestMs)
  }

  async metadata(): Promise<BucketMetadata> {
    const [metadata] = await this.ask('read', 'storage.buckets.get', (bucket) => bucket.getMetadata())
    return metadata
  }

  /** Changes the named settings and no others. */
  async change(settings: BucketMetadata): Promise<'done'> {
    await this.ask('write', 'storage.buckets.update', (bucket) => bucket.setMetadata(settings))
    return 'done'
  }

  ask<T>(
    operation: 'read' | 'write',
    permission: string,
    request: (bucket: Bucket) => Promise<T>,
  ): Promise<T> {
    return askBucket(this, { operation, path: '', permission }, this.#patience, () =>
      request(this.storage.bucket(this.location.bucket)),
    )
  }

  explain(error: unknown, request: BucketRequest): Trouble {
    const { bucket } = this.location
    return explainGcsError(error, request, bucket, `gs://${bucket}`)
  }
}
