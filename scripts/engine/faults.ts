import type { Whereabouts } from '../providers/faults.js'

/** Everything that can go wrong with OpenTofu and the state that it keeps. */
export type EngineFault =
  | { readonly code: 'engine-missing'; readonly minimum: string; readonly rejected: readonly string[] }
  | ({
      readonly code: 'engine-failed'
      readonly operation: string
      readonly problems: readonly string[]
    } & Whereabouts)
  | {
      readonly code: 'engine-timeout'
      readonly operation: string
      /** `quiet`: it showed nothing for this long; `total`: it worked for this long. */
      readonly passed: 'quiet' | 'total'
      readonly seconds: number
      /** The pid of an engine that was told to stop and did not; null: it ended. */
      readonly pid: number | null
    }
  | {
      readonly code: 'engine-locked'
      readonly lockId: string
      readonly who: string
      readonly created: string
      /** `running`: the lock is the process's own and ends with it. */
      readonly holder: 'running' | 'unknown'
      /** The engine and its initialised folder, where the lock can be broken. */
      readonly engine: string
      readonly folder: string
      /** The engine reads the state before it breaks the lock. */
      readonly isEncrypted: boolean
    }
  /**
   * It exists, and OpenTofu would have to recreate it to import it into the state. `address`: in the stack's
   * form.
   */
  | { readonly code: 'machine-not-importable'; readonly address: string }
  | { readonly code: 'engine-lock-raced'; readonly operation: string }
  | { readonly code: 'engine-disk-full'; readonly operation: string }
  | StateFault
  /** Encrypted with another key. */
  | { readonly code: 'state-undecryptable'; readonly operation: string }
  /** Encrypted, but no encryption is configured. */
  | { readonly code: 'state-encrypted'; readonly operation: string }
  /** Encrypted, or damaged: an old engine cannot tell. */
  | { readonly code: 'state-unreadable'; readonly operation: string }
  /** Not encrypted, but encryption is configured. */
  | { readonly code: 'state-unencrypted'; readonly operation: string }
  /** It names something that distrolab did not make: a provider, a kind of resource. */
  | {
      readonly code: 'state-refused'
      /** A lab, or an image. */
      readonly lab: string
      readonly place: string
      readonly problems: readonly string[]
    }
  /** The engine has loaded a provider other than the lab's. */
  | { readonly code: 'provider-refused'; readonly place: string; readonly providers: readonly string[] }
  | { readonly code: 'passphrase-missing'; readonly variable: string }
  | { readonly code: 'passphrase-short'; readonly variable: string; readonly minimum: number }
  | { readonly code: 'state-superseded'; readonly place: string; readonly problems: readonly string[] }

/** Why OpenTofu cannot reach the state in its backend; `reason` in its own words. */
export type StateFault =
  | { readonly code: 'state-forbidden'; readonly operation: string; readonly reason: string }
  | { readonly code: 'state-credentials'; readonly operation: string; readonly reason: string }
  | { readonly code: 'state-unreachable'; readonly operation: string; readonly reason: string }
  | { readonly code: 'state-bucket-missing'; readonly operation: string; readonly reason: string }
