import type { Bucket } from './bucket.js'
import { PRIVATE_MODES } from './folder-modes.js'
import { locationUrl, type BackendLocation, type GcsLocation, type S3Location } from './location.js'
import type { Patience } from './patience.js'
import type { ObjectStore } from './store.js'

export interface StoreOptions {
  /** Nobody named the place: a folder need not be there before the first lab. */
  readonly isImplied?: boolean
  /** A folder's objects are for the user alone, whatever the mode of the folder. */
  readonly isPrivate?: boolean
  /** Of the usual one, what is different: `until`, and in tests the times. */
  readonly patience?: Partial<Patience>
}

/**
 * Opens the store of a location. Nothing is made or contacted yet; a kind's code is loaded only when used: the
 * S3 client costs 0.2 s, that of GCS 0.3 s.
 */
export async function openStore(location: BackendLocation, options: StoreOptions = {}): Promise<ObjectStore> {
  switch (location.kind) {
    case 'directory': {
      const { DirectoryStore } = await import('./directory.js')
      const { isImplied, isPrivate } = options
      return new DirectoryStore(location, {
        isImplied,
        modes: isPrivate === true ? PRIVATE_MODES : undefined,
      })
    }
    case 's3': {
      const { S3Bucket } = await import('./s3.js')
      return bucketStore(new S3Bucket(location), location, options)
    }
    case 'gcs': {
      const { GcsBucket } = await import('./gcs.js')
      return bucketStore(new GcsBucket(location, options.patience?.requestMs), location, options)
    }
  }
}

/** What AWS and Google promise of their own services needs no proof; any other server is probed. */
async function bucketStore(
  bucket: Bucket,
  location: S3Location | GcsLocation,
  { patience = {} }: StoreOptions,
): Promise<ObjectStore> {
  const { BucketStore } = await import('./bucket-store.js')
  const prefix = location.prefix === '' ? '' : `${location.prefix}/`
  const store = new BucketStore(bucket, prefix, locationUrl(location), patience)
  if (location.endpoint === undefined) return store
  const { ProbedStore } = await import('./conditions.js')
  return new ProbedStore(store, location.endpoint)
}
