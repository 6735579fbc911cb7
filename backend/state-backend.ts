import { join } from 'node:path'
import { tofuStateKey, tofuStatePrefix, type Leasable } from './keys.js'
import { pathInBucket, type BackendLocation } from './location.js'
import type { ObjectStore } from './store.js'

/**
 * Where OpenTofu keeps the state of a lab or an image, as plain data; stacks/ turns it into a backend block.
 */
export type StateBackend = LocalState | S3State | GcsState

export interface LocalState {
  readonly kind: 'local'
  readonly path: string
}

export interface S3State {
  readonly kind: 's3'
  readonly bucket: string
  /** OpenTofu's lock is beside it, as `<key>.tflock`. */
  readonly key: string
  readonly region: string
  readonly endpoint?: string
  readonly pathStyle: boolean
  readonly kmsKey?: string
}

export interface GcsState {
  readonly kind: 'gcs'
  readonly bucket: string
  /** State and lock are `<prefix>/default.tfstate` and `<prefix>/default.tflock`. */
  readonly prefix: string
  readonly endpoint?: string
}

export function stateBackend(location: BackendLocation, owner: Leasable): StateBackend {
  switch (location.kind) {
    case 'directory':
      return { kind: 'local', path: join(location.path, tofuStateKey(owner)) }
    case 's3': {
      const { prefix: _, ...rest } = location
      return { ...rest, key: pathInBucket(location, tofuStateKey(owner)) }
    }
    case 'gcs': {
      const { prefix: _, ...rest } = location
      return { ...rest, prefix: pathInBucket(location, tofuStatePrefix(owner)) }
    }
  }
}

/** The object that holds the state. */
export const stateKey = ({ kind }: BackendLocation, owner: Leasable): string =>
  kind === 'gcs' ? `${tofuStatePrefix(owner)}/default.tfstate` : tofuStateKey(owner)

/**
 * Removes the state of something proven to be gone, because no engine will. Throws BackendError
 * object-changed.
 */
export async function forgetState(
  store: ObjectStore,
  location: BackendLocation,
  owner: Leasable,
): Promise<void> {
  const key = stateKey(location, owner)
  const found = await store.get(key)
  if (found !== undefined) await store.remove(key, found.version)
}

/**
 * The oldest OpenTofu that locks natively there, by kind of backend. `use_lockfile` of the s3 backend came
 * with 1.10.0 (its CHANGELOG); `terraform_data` and the providers' protocol need only 1.6.
 */
export const minimumEngines = {
  directory: '1.6.0',
  s3: '1.10.0',
  gcs: '1.6.0',
} as const satisfies Record<BackendLocation['kind'], string>
