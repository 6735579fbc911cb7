import type { BuildCause } from './image/build-causes.js'

/**
 * Everything that can go wrong in the driver: one literal code each, with the fields its message needs.
 * `interrupted` is the only fault that does not exit with 1 (or 2 for `usage`): it exits with 130 or 143, as
 * shells do.
 */
export type DriverFault =
  | { readonly code: 'usage'; readonly problems: readonly UsageProblem[] }
  | { readonly code: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' }
  | { readonly code: 'qemu-missing'; readonly binary: string }
  | { readonly code: 'builder-missing'; readonly tool: string }
  | { readonly code: 'keyring-missing'; readonly keyring: string }
  | { readonly code: 'firmware-missing'; readonly looked: readonly string[] }
  | { readonly code: 'port-taken'; readonly port: number; readonly by?: string | undefined }
  | { readonly code: 'image-unreachable'; readonly url: string; readonly reason: string }
  | { readonly code: 'image-refused'; readonly url: string; readonly status: number }
  | { readonly code: 'image-moved'; readonly pinned: string; readonly now: string }
  | { readonly code: 'image-invalid'; readonly url: string; readonly reason: string }
  | {
      readonly code: 'checksum-mismatch'
      readonly url: string
      readonly expected: string
      readonly got: string
    }
  | { readonly code: 'checksum-unknown'; readonly url: string; readonly file: string }
  | {
      readonly code: 'download-truncated'
      readonly url: string
      readonly expected: number
      readonly got: number
    }
  | WriteFault
  | { readonly code: 'place-unreadable'; readonly place: string; readonly reason: string }
  | { readonly code: 'build-failed'; readonly cause: BuildCause; readonly log: string }
  | { readonly code: 'qemu-failed'; readonly stderr: string }
  /** `since`: the first version of QEMU that can do it. */
  | {
      readonly code: 'qemu-too-old'
      readonly binary: string
      readonly since: string
      readonly stderr: string
    }
  /** The private network's switch was started and does not answer. */
  | { readonly code: 'switch-silent'; readonly log: string }
  | { readonly code: 'tool-failed'; readonly tool: string; readonly stderr: string }
  | { readonly code: 'machine-absent'; readonly id: string; readonly directory: string }
  | {
      readonly code: 'machine-broken'
      readonly id: string
      readonly directory: string
      readonly reason: string
    }
  /**
   * The guest stands still because the host's disk is full. In bytes; `growth`: how much its own disk may
   * still grow.
   */
  | {
      readonly code: 'machine-out-of-room'
      readonly id: string
      readonly directory: string
      readonly free: number
      readonly needed: number
      readonly growth: number
    }
  | { readonly code: 'machine-busy'; readonly id: string; readonly pid: number }
  | { readonly code: 'machine-stopped'; readonly id: string }
  | { readonly code: 'machine-expired'; readonly id: string; readonly expiresAt: string }
  | { readonly code: 'baseline-absent'; readonly id: string }
  | { readonly code: 'baseline-failed'; readonly id: string; readonly reason: string }
  | { readonly code: 'baseline-broken'; readonly id: string; readonly reason: string }
  /** No warm image could be made. */
  | { readonly code: 'warm-failed'; readonly reason: string }
  | { readonly code: 'driver-bug'; readonly stack: string }
  | {
      readonly code: 'machine-folder-foreign'
      readonly id: string
      readonly directory: string
      readonly reason: string
    }
  | { readonly code: 'machine-left'; readonly id: string; readonly left: readonly string[] }

/** A fault of the place that something should be written to. */
export type WriteFault =
  | { readonly code: 'disk-full'; readonly place: string }
  | { readonly code: 'place-unwritable'; readonly place: string; readonly reason: string }

/** One problem in the input, addressed by a JSON pointer. */
export interface UsageProblem {
  readonly field: string
  readonly expected: string
  readonly got: string
}

export class DriverError extends Error {
  constructor(
    readonly fault: DriverFault,
    options?: ErrorOptions,
  ) {
    super(`${fault.code} ${JSON.stringify(fault)}`, options)
    this.name = 'DriverError'
  }
}

/** The errno code of a failed system call; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

const UNWRITABLE = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST'])
const FULL = new Set(['ENOSPC', 'EDQUOT'])

/** A write that failed for lack of room. */
export const isFull = (error: unknown): boolean => FULL.has(errnoOf(error) ?? '')

/** The fault of a failed write (disk-full, place-unwritable); undefined for any other error. */
export function writeFaultOf(error: unknown, place: string): WriteFault | undefined {
  const code = errnoOf(error) ?? ''
  if (isFull(error)) return { code: 'disk-full', place }
  return UNWRITABLE.has(code) ? { code: 'place-unwritable', place, reason: code } : undefined
}

/** Turns a failed write into its fault; returns any other error unchanged. */
export function writeFailure(error: unknown, place: string): unknown {
  const fault = writeFaultOf(error, place)
  return fault === undefined ? error : new DriverError(fault, { cause: error })
}

/**
 * Undefined if the file does not exist. Throws place-unreadable if that cannot be known: a file that we may
 * not see is not missing.
 */
export async function unlessAbsent<T>(place: string, look: Promise<T>): Promise<T | undefined> {
  try {
    return await look
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === undefined) throw error
    throw new DriverError({ code: 'place-unreadable', place, reason: code }, { cause: error })
  }
}
