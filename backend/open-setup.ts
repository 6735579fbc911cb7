import type { BackendLocation } from './location.js'
import type { Patience } from './patience.js'
import type { Setup } from './setup.js'

export interface SetupOptions {
  /** The place of a new GCS bucket: `EU`, `europe-west1`. The region of an S3 bucket is in its URL. */
  readonly gcsLocation?: string
  /** What differs from the usual patience: `until`, and in tests the times. */
  readonly patience?: Partial<Patience>
}

/** The setup of a location. It contacts nothing yet, and loads the code of a kind only when used. */
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
