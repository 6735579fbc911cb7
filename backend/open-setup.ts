import type { BackendLocation } from './location.js'
import type { Patience } from './patience.js'
import type { Setup } from './setup.js'

export interface SetupOptions {
  /** Where a new GCS bucket shall be: `EU`, `europe-west1`. The region of an S3 bucket is in its URL. */
  readonly gcsLocation?: string
  /** Of the usual one, what is different: `until`, and in tests the times. */
  readonly patience?: Partial<Patience>
}

/** What sets up a location. Nothing is contacted yet; a kind's code is loaded only when used. */
export async function openSetup(location: BackendLocation, options: SetupOptions = {}): Promise<Setup> {
  switch (location.kind) {
    case 'directory': {
      const { DirectorySetup } = await import('./directory-setup.js')
      return new DirectorySetup(location)
    }
    case 's3': {
      const { S3Setup } = await import('./s3-setup.js')
      return new S3Setup(location, options.patience)
    }
    case 'gcs': {
      const { GcsSetup } = await import('./gcs-setup.js')
      return new GcsSetup(location, options)
    }
  }
}
