import type { ExistingFault } from './providers/existing-faults.js'
import type { StopFault } from './providers/stop-faults.js'
import type { CloudFault } from './providers/faults.js'
import type { EngineFault } from './engine/faults.js'
import type { NamesFault } from './ssh-names/faults.js'
import type { FixtureFault } from './fixtures/faults.js'
import type { SetupFault } from './machine-setup/faults.js'
import type { MeshFault } from './mesh/faults.js'
import type { ImageFault } from './images/faults.js'
import type { Mismatch } from './lab/mismatch.js'
import type { ConfigProblem } from './config-schema.js'
import type { DriverFault } from '../local-vm/errors.js'

/** What can prevent a lab from getting another distro, or going back to its baseline. */
export type SwapFault =
  | {
      readonly code: 'swap-which-lab'
      readonly profile: string
      /** The labs it may mean; empty if there is none. */
      readonly labs: readonly string[]
    }
  | { readonly code: 'swap-same-distro'; readonly lab: string; readonly distro: string }
  | {
      readonly code: 'swap-other-provider'
      readonly lab: string
      readonly provider: string
      readonly asked: string
    }
  | {
      readonly code: 'swap-not-begun'
      readonly lab: string
      readonly distro: string
      readonly asked: string
      /** Why there is no image of the requested distro. */
      readonly fault: DriverFault
    }
  | { readonly code: 'reset-not-clean'; readonly lab: string; readonly machine: string }

/** What can go wrong around a lab's private network. */
export type NetworkFault =
  | { readonly code: 'network-absent'; readonly lab: string; readonly profile: string }
  | { readonly code: 'network-of-cloud'; readonly lab: string; readonly provider: string }
  | { readonly code: 'capture-failed'; readonly lab: string; readonly file: string; readonly reason: string }

/** What can go wrong around a command of `exec`. */
export type ExecFault =
  | {
      readonly code: 'exec-timeout'
      readonly lab: string
      /** The machine, or this computer. */
      readonly place: string
      readonly seconds: number
    }
  | { readonly code: 'output-failed'; readonly reason: string }
  | ({ readonly code: 'transfer-source-missing' } & TransferPlace)
  | ({ readonly code: 'transfer-failed'; readonly reason: string } & TransferPlace)

interface TransferPlace {
  readonly lab: string
  readonly machine: string
  readonly flag: '--copy' | '--fetch'
  readonly from: string
  readonly to: string
  /** The verb that it is the work of; absent of a flag of `exec`. */
  readonly by?: 'cp'
}

/** What can go wrong on the way to a machine. */
export type SshFault =
  /** Of this computer. */
  | { readonly code: 'port-in-use'; readonly lab: string; readonly port: number; readonly there: number }
  | {
      readonly code: 'ssh-timeout'
      readonly lab: string
      readonly machine: string
      readonly seconds: number
      readonly lastSeen: string
      readonly console: string
    }
  | {
      readonly code: 'ssh-silent'
      readonly lab: string
      readonly machine: string
      readonly reason: string
      readonly console: string
    }
  | { readonly code: 'ssh-failed'; readonly lab: string; readonly machine: string; readonly reason: string }
  | { readonly code: 'ssh-program-missing' }
  | {
      readonly code: 'host-key-changed'
      readonly lab: string
      readonly machine: string
      readonly expected: string
      readonly got: string
      readonly isLocal: boolean
    }

/** Everything that can go wrong in scripts/: one literal code each, with the fields its message needs. */
export type LabFault =
  | {
      readonly code: 'usage'
      readonly problem: string
      readonly command?: string | undefined
      /** What the user meant, if known: the whole command line after `distrolab`. */
      readonly meant?: string | undefined
    }
  | { readonly code: 'config-invalid'; readonly problems: readonly ConfigProblem[] }
  | { readonly code: 'lab-unknown'; readonly given: string; readonly near: readonly string[] }
  | { readonly code: 'lab-name-invalid'; readonly given: string }
  | { readonly code: 'page-unknown'; readonly given: string; readonly near: readonly string[] }
  | {
      readonly code: 'lab-of-other-profile'
      readonly lab: string
      readonly profile: string
      readonly asked: string
    }
  | SwapFault
  | NetworkFault
  | { readonly code: 'lab-being-destroyed'; readonly lab: string }
  | {
      readonly code: 'lab-on-other-computer'
      readonly lab: string
      readonly user: string
      readonly host: string
    }
  /** `given`: the account of the credentials on this computer. */
  | {
      readonly code: 'other-account'
      /** A lab, or an image. */
      readonly what: string
      readonly provider: string
      readonly account: string
      readonly given: string
    }
  | ({ readonly code: 'record-mismatch'; readonly lab: string } & Mismatch)
  | { readonly code: 'lab-expired'; readonly lab: string; readonly expiresAt: string }
  | { readonly code: 'lab-not-ready'; readonly lab: string; readonly state: string }
  | {
      readonly code: 'machine-unknown'
      readonly lab: string
      readonly given: string
      readonly known: readonly string[]
    }
  | {
      readonly code: 'setting-fixed'
      readonly lab: string
      /** The flag. */
      readonly setting: string
      readonly has: string
      readonly asked: string
    }
  /** `asked`: the TTL as the user typed it. */
  | {
      readonly code: 'expiry-fixed'
      readonly lab: string
      readonly expiresAt: string | null
      readonly asked: string
    }
  | { readonly code: 'size-fixed'; readonly lab: string; readonly has: string; readonly asked: string }
  | FixtureFault
  | MeshFault
  | SetupFault
  | EngineFault
  | CloudFault
  | ExistingFault
  | StopFault
  | ImageFault
  | { readonly code: 'driver'; readonly fault: DriverFault }
  | { readonly code: 'driver-crashed'; readonly verb: string; readonly output: string }
  | {
      readonly code: 'prerequisites-missing'
      readonly missing: readonly MissingPrerequisite[]
      readonly install: string
    }
  | { readonly code: 'prerequisites-not-installable'; readonly reason: string; readonly install: string }
  | { readonly code: 'key-unreadable'; readonly path: string; readonly reason: string }
  | {
      readonly code: 'key-not-taken'
      readonly provider: string
      /** Where the user named it. */
      readonly key: string
      /** What was found there. */
      readonly given: string
      readonly takes: readonly string[]
    }
  | { readonly code: 'key-passphrase'; readonly path: string; readonly agent: boolean }
  | { readonly code: 'key-not-in-agent'; readonly path: string; readonly agent: boolean }
  | {
      readonly code: 'key-not-on-lab'
      readonly lab: string
      readonly path: string
      /** Whose keys the lab accepts, in words. */
      readonly takes: readonly string[]
    }
  | { readonly code: 'key-missing'; readonly lab: string; readonly takes: readonly string[] }
  | { readonly code: 'agent-unreachable'; readonly socket: string; readonly reason: string }
  | {
      readonly code: 'kernel-panic'
      readonly lab: string
      readonly machine: string
      readonly reason: string
      readonly console: string
    }
  | SshFault
  | NamesFault
  | ExecFault
  | {
      readonly code: 'cloud-init-failed'
      readonly lab: string
      readonly machine: string
      readonly errors: readonly string[]
    }
  | {
      readonly code: 'cloud-init-timeout'
      readonly lab: string
      readonly machine: string
      readonly seconds: number
      readonly stage: string
    }
  | {
      readonly code: 'clock-not-set'
      readonly lab: string
      readonly machine: string
      readonly reason: string
    }
  | { readonly code: 'no-free-port' }
  | { readonly code: 'leftovers'; readonly lab: string; readonly left: readonly string[] }
  /** Things with names of the lab, but without its marks. */
  | { readonly code: 'not-ours'; readonly lab: string; readonly foreign: readonly string[] }
  | { readonly code: 'listing-failed'; readonly reason: string }
  | { readonly code: 'session-unknown' }
  | { readonly code: 'not-confirmed'; readonly command: string }
  | { readonly code: 'confirmation-needed'; readonly command: string }
  /** The working directory was removed while we ran. */
  | { readonly code: 'folder-lost' }
  /** OpenSSH refuses users whose id has no name. */
  | { readonly code: 'user-nameless'; readonly lab: string; readonly uid: number }
  | { readonly code: 'folder-unwritable'; readonly place: string; readonly reason: string }
  | { readonly code: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }

export interface MissingPrerequisite {
  readonly name: string
  readonly purpose: string
}

export class LabError extends Error {
  constructor(
    readonly fault: LabFault,
    options?: ErrorOptions,
  ) {
    super(`${fault.code} ${JSON.stringify(fault)}`, options)
    this.name = 'LabError'
  }
}
