import type { BackendLocation } from './location.js'
import type { Setup } from './setup.js'
import type { SetupOptions } from './setup-options.js'

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
