import type { LabError } from '../errors.js'

/** Which of the user's networks is meant. */
export interface NetworkQuestion {
  /** In the cloud's form: `checkNetworkName` has accepted it. */
  readonly given: string
  readonly region: string
  readonly zone: string | undefined
  readonly signal: AbortSignal
  /** LabError network-unfit with this reason: the end of a sentence. */
  readonly unfit: (reason: string) => LabError
}
