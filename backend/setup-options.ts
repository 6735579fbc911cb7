import type { Patience } from './patience.js'

export interface SetupOptions {
  /** The place of a new GCS bucket: `EU`, `europe-west1`. The region of an S3 bucket is in its URL. */
  readonly gcsLocation?: string
  /** What differs from the usual patience: `until`, and in tests the times. */
  readonly patience?: Partial<Patience>
}
