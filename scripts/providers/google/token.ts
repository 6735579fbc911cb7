import type { AuthClient } from 'google-auth-library'
import { credentialWords } from '../../../backend/credential-words.js'
import { messageOf, property } from '../../../backend/sdk-error.js'
import { LabError } from '../../errors.js'
import { findRefusal } from '../refusals.js'
import { explainGoogleError } from './errors.js'

/**
 * The token that signs a request; it may have to be fetched first. A failure to get it is reported separately
 * from Google's answer to the request itself. Throws LabError cloud-credentials-unusable,
 * cloud-credentials-refused or cloud-unreachable.
 */
export async function signingHeaders(
  client: AuthClient,
  signal?: AbortSignal,
): Promise<Record<string, string>> {
  try {
    const headers = await heeding(signal, client.getRequestHeaders())
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  } catch (error) {
    signal?.throwIfAborted()
    throw explained(error)
  }
}

/** The library cannot be stopped: its request ends by itself, when no one waits for it any more. */
async function heeding<T>(signal: AbortSignal | undefined, action: Promise<T>): Promise<T> {
  if (signal === undefined) return action
  signal.throwIfAborted()
  let stop = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([action, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
    action.catch(() => undefined)
  }
}

function explained(error: unknown): unknown {
  const status = property(property(error, 'response'), 'status')
  const isOfService = typeof status === 'number' && (status === 429 || status >= 500)
  const isOfNetwork = status === undefined && property(error, 'config') !== undefined
  if (error instanceof LabError || isOfService || isOfNetwork) return explainGoogleError(error)
  const reason = credentialWords(wordsOf(error))
  const refusal = findRefusal(reason, 'google')
  const isRefusal = refusal?.code === 'cloud-credentials-refused'
  const fault = isRefusal
    ? refusal
    : ({ code: 'cloud-credentials-unusable', provider: 'google', reason } as const)
  return new LabError(fault, { cause: error })
}

/** The answer of a token service, which the library's message contains unless it is an object. */
function wordsOf(error: unknown): string {
  const message = messageOf(error)
  if (!message.includes('[object Object]')) return message
  const response = property(error, 'response')
  const data = property(response, 'data')
  const said = property(property(data, 'error'), 'message') ?? property(data, 'error_description')
  const told = typeof said === 'string' ? said : `HTTP ${String(property(response, 'status'))}`
  return message.replace('[object Object]', told)
}
