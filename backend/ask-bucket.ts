import type { Bucket, BucketRequest } from './bucket.js'
import { BackendError } from './errors.js'
import { persistently, type Patience } from './patience.js'

/**
 * Makes a request until it gets an answer. Throws BackendError: what the answer means, or
 * `store-unreachable`.
 */
export function askBucket<T>(
  asked: Pick<Bucket, 'endpoint' | 'explain'>,
  request: BucketRequest,
  patience: Patience,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const passingReason = (error: unknown): string => {
    // An error that we made from the answer ourselves.
    if (error instanceof BackendError) throw error
    const trouble = asked.explain(error, request)
    if (trouble.kind === 'passing') return trouble.reason
    throw new BackendError(trouble.fault, { cause: error })
  }
  return persistently(patience, attempt, passingReason, (reason, cause) => {
    return new BackendError({ code: 'store-unreachable', endpoint: asked.endpoint, reason }, { cause })
  })
}
