import type { DriverEnvironment } from '../env.js'
import type { Phase } from '../protocol.js'

/** What a verb gets from main.ts: everything that is not in its JSON. */
export interface Context extends Control {
  readonly environment: DriverEnvironment
}

/** What a removal needs of it, which another program than the driver does too. */
export interface Control {
  /** Aborted by SIGINT or SIGTERM, with the DriverError `interrupted` as its reason. */
  readonly signal: AbortSignal
  readonly report: Report
}

export type Report = (phase: Phase, message: string, amount?: Amount) => void

/** Bytes done and, where known, bytes in total. */
export interface Amount {
  readonly done: number
  readonly total?: number | undefined
}
