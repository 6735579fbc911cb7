import type { WriteFault } from '../errors.js'

/** Why something could not be downloaded, whatever it was to be. */
export type DownloadFault =
  | WriteFault
  /** No connection, or a server error. */
  | { readonly code: 'unreachable'; readonly url: string; readonly reason: string }
  /** Any other status of 400 and up. */
  | { readonly code: 'refused'; readonly url: string; readonly status: number }
  /** In bytes. */
  | { readonly code: 'truncated'; readonly url: string; readonly expected: number; readonly got: number }
  | {
      readonly code: 'checksum-mismatch'
      readonly url: string
      readonly expected: string
      readonly got: string
    }

/** Whoever downloads says in words of its own what is missing now. */
export class DownloadError extends Error {
  constructor(
    readonly fault: DownloadFault,
    options?: ErrorOptions,
  ) {
    super(`${fault.code} ${JSON.stringify(fault)}`, options)
    this.name = 'DownloadError'
  }
}
