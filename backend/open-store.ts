import type { Bucket } from './bucket.js'
import { PRIVATE_MODES } from './folder-modes.js'
import { locationUrl, type BackendLocation, type GcsLocation, type S3Location } from './location.js'
import type { Patience } from './patience.js'
import type { ObjectStore } from './store.js'

export interface StoreOptions {
  /** No one named the place, so a folder may be missing until the first lab. */
  readonly isImplied?: boolean
  /** A folder's objects are private to the user, whatever the mode of the folder. */
  readonly isPrivate?: boolean
  /** What differs from the usual patience: `until`, and in tests the times. */
  readonly patience?: Partial<Patience>
}

/**
 * Opens the store of a location. It makes and contacts nothing yet, and loads the code of a kind only when
 * used: the S3 client costs 0.2 s, that of GCS 0.3 s.
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

/** AWS and Google guarantee conditions for their own services; any other server is probed. */
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
