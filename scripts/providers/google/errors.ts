import { LabError } from '../../errors.js'
import { networkReason } from '../../network-reason.js'
import { findRefusal } from '../refusals.js'

/** A refusal in the form of Google's APIs; other Google services answer differently. */
interface Refusal {
  readonly error?: {
    readonly message?: string
    readonly errors?: readonly { readonly reason?: string }[]
    readonly details?: readonly { readonly reason?: string }[]
  }
}

interface RequestError extends Error {
  readonly code?: unknown
  /** The request; the only thing known about a request without an answer. */
  readonly config?: unknown
  readonly response?: { readonly status: number; readonly data: unknown }
}

/** Turns an error of Google's client into a LabError; returns any other unchanged. */
export function explainGoogleError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LabError || error.name === 'AbortError') return error
  const { response, code, config } = error as RequestError
  if (response !== undefined) return refused(wordsOf(response.status, response.data, error.message), error)
  if (findRefusal(error.message, 'google') !== undefined) return refused(error.message, error)
  if (typeof code !== 'string' && config === undefined) return error
  const reason = networkReason(error)
  return new LabError({ code: 'cloud-unreachable', provider: 'google', reason }, { cause: error })
}

/** The failure of a change that Google had accepted. */
export const operationError = ({ code, message }: { readonly code: string; readonly message?: string }) =>
  refused(`${code}: ${message ?? ''}`, undefined)

function refused(told: string, cause: Error | undefined): LabError {
  const fault = findRefusal(told, 'google') ?? { code: 'cloud-failed', provider: 'google', reason: told }
  return new LabError(fault, cause === undefined ? {} : { cause })
}

/** In the words of OpenTofu's provider, so that one table covers both. */
function wordsOf(status: number, data: unknown, fallback: string): string {
  const { error } = (typeof data === 'object' && data !== null ? data : {}) as Refusal
  // In answers of token services, `error` is a word.
  const said = typeof error === 'object' ? (error.message ?? fallback) : fallback
  const reasons = [...(error?.errors ?? []), ...(error?.details ?? [])].flatMap(({ reason }) => reason ?? [])
  return [`googleapi: Error ${status}: ${said}`, ...new Set(reasons)].join(', ')
}
