import type { LabError } from '../errors.js'

/** Which network of the user's is meant. */
export interface NetworkQuestion {
  /** As the cloud names it: `checkNetworkName` has passed it. */
  readonly given: string
  readonly region: string
  readonly zone: string | undefined
  readonly signal: AbortSignal
  /** LabError network-unfit, for this reason: the end of a sentence. */
  readonly unfit: (reason: string) => LabError
}
