import type { StateBackend } from '../backend/state-backend.js'
import type { AwsLabSpec } from './aws/spec.js'
import type { AzureLabSpec } from './azure/spec.js'
import type { GoogleLabSpec } from './google/spec.js'
import type { LocalLabSpec } from './local/spec.js'

/** The input of every lab's stack, on any provider: values only, nothing is looked up. */
export interface CommonSpec {
  readonly lab: string
  readonly profile: string
  readonly state: StateBackend
}

/** One member per provider; `provider` tells them apart. */
export type LabSpec = LocalLabSpec | AwsLabSpec | AzureLabSpec | GoogleLabSpec
