import type { StateBackend } from '../backend/state-backend.js'

/** The input of every lab's stack, on any provider: values only, nothing is looked up. */
export interface CommonSpec {
  readonly lab: string
  readonly profile: string
  readonly state: StateBackend
}
