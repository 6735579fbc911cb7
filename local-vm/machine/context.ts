import type { DriverEnvironment } from '../env.js'
import type { Phase } from '../protocol.js'

/** Everything that a verb gets from main.ts beside its JSON. */
export interface Context extends Control {
  readonly environment: DriverEnvironment
}

/** The part that a removal needs; the CLI uses it too. */
export interface Control {
  /** Aborted by SIGINT or SIGTERM, with the DriverError `interrupted` as its reason. */
  readonly signal: AbortSignal
  readonly report: Report
}

export type Report = (phase: Phase, message: string, amount?: Amount) => void

/** Bytes done and, if known, the total. */
export interface Amount {
  readonly done: number
  readonly total?: number | undefined
}
