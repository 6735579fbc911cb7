import { IdempotencyStrategy, Storage, type StorageOptions } from '@google-cloud/storage'
import { getProxyForUrl } from 'proxy-from-env'
import { ofCredentials } from './gcs-errors.js'
import type { GcsLocation } from './location.js'
import { usualPatience } from './patience.js'

/** The server, for messages. */
export const gcsEndpoint = ({ endpoint }: GcsLocation): string => endpoint ?? 'https://storage.googleapis.com'

/** `requestMs`: the SDK cannot be stopped, so its requests must end by themselves. */
export function gcsClient(location: GcsLocation, requestMs = usualPatience.requestMs): Storage {
  const { endpoint } = location
  const storage = new Storage({
    timeout: requestMs,
    // We retry ourselves, because only we know whether a refusal means that our own write succeeded.
    retryOptions: { autoRetry: false, maxRetries: 0, idempotencyStrategy: IdempotencyStrategy.RetryNever },
    ...(endpoint === undefined ? {} : customEndpoint(endpoint)),
  })
  const { authClient } = storage
  const authorise = authClient.authorizeRequest.bind(authClient)
  authClient.authorizeRequest = (options) => authorise(options).catch(ofCredentials)
  // By default it would use the http proxy for https.
  const proxy = getProxyForUrl(gcsEndpoint(location))
  if (proxy !== '')
    storage.interceptors.push({
      request: (options) => Object.assign(options as Decorated, { proxy }),
    })
  return storage
}

type Decorated = ReturnType<Storage['interceptors'][number]['request']>

/** Credentials never travel unencrypted: an http server is a test server and needs none. */
const customEndpoint = (apiEndpoint: string): StorageOptions => ({
  apiEndpoint,
  useAuthWithCustomEndpoint: apiEndpoint.startsWith('https:'),
  ...(apiEndpoint.startsWith('https:') ? {} : { projectId: 'none' }),
})
