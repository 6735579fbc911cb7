import { IdempotencyStrategy, Storage, type StorageOptions } from '@google-cloud/storage'
import type { GcsLocation } from './location.js'
import { usualPatience } from './patience.js'

/** Who is asked, for messages. */
export const gcsEndpoint = ({ endpoint }: GcsLocation): string => endpoint ?? 'https://storage.googleapis.com'

/** `requestMs`: the SDK cannot be told to stop, so its requests must end by themselves. */
export function gcsClient({ endpoint }: GcsLocation, requestMs = usualPatience.requestMs): Storage {
  return new Storage({
    timeout: requestMs,
    // We retry, because only we know whether a refusal is our own success.
    retryOptions: { autoRetry: false, maxRetries: 0, idempotencyStrategy: IdempotencyStrategy.RetryNever },
    ...(endpoint === undefined ? {} : customEndpoint(endpoint)),
  })
}

/** Credentials never travel unencrypted: over http it is a test server, which wants none. */
const customEndpoint = (apiEndpoint: string): StorageOptions => ({
  apiEndpoint,
  useAuthWithCustomEndpoint: apiEndpoint.startsWith('https:'),
  ...(apiEndpoint.startsWith('https:') ? {} : { projectId: 'none' }),
})
