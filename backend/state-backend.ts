import { join } from 'node:path'
import { tofuStateKey, tofuStatePrefix } from './keys.js'
import type { LabName } from './lab-name.js'
import type { BackendLocation, GcsLocation, S3Location } from './location.js'

/** Where OpenTofu keeps a lab's state, as plain data; stacks/ turns it into a backend block. */
export type StateBackend = LocalState | S3State | GcsState

export interface LocalState {
  readonly kind: 'local'
  readonly path: string
}

export interface S3State {
  readonly kind: 's3'
  readonly bucket: string
  /** OpenTofu's lock lies beside it, as `<key>.tflock`. */
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

export function stateBackend(location: BackendLocation, lab: LabName): StateBackend {
  switch (location.kind) {
    case 'directory':
      return { kind: 'local', path: join(location.path, tofuStateKey(lab)) }
    case 's3': {
      const { prefix: _, ...rest } = location
      return { ...rest, key: below(location, tofuStateKey(lab)) }
    }
    case 'gcs': {
      const { prefix: _, ...rest } = location
      return { ...rest, prefix: below(location, tofuStatePrefix(lab)) }
    }
  }
}

const below = ({ prefix }: S3Location | GcsLocation, key: string): string =>
  prefix === '' ? key : `${prefix}/${key}`

/**
 * The oldest OpenTofu that locks natively there, by kind of backend: `use_lockfile` of the s3 backend came with
 * 1.10.0 (its CHANGELOG); `terraform_data` and the providers' protocol need no more than 1.6.
 */
export const minimumEngines = {
  directory: '1.6.0',
  s3: '1.10.0',
  gcs: '1.6.0',
} as const satisfies Record<BackendLocation['kind'], string>
