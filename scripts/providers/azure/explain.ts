import { RestError, type PipelineResponse } from '@azure/core-rest-pipeline'
import { credentialWords } from '../../../backend/credential-words.js'
import { LabError } from '../../errors.js'
import { networkReason } from '../../network-reason.js'
import { findRefusal } from '../refusals.js'

/** An answer in which Azure says no; its own code and words are in the reason. */
export function refused({ status, bodyAsText, request }: PipelineResponse): LabError {
  const { code: name, message } = errorIn(bodyAsText ?? '')
  const told = `${name ?? `HTTP ${status}`}: ${message ?? new URL(request.url).pathname}`
  const cause = new Error(told)
  // In the words of OpenTofu's provider, so that one table knows both; some services say nothing but the status.
  const refusal = findRefusal(`unexpected status ${status} with error: ${told}`, 'azure')
  const code = refusal?.code ?? 'cloud-failed'
  return new LabError({ code, provider: 'azure', reason: told }, { cause })
}

/**
 * Whether Azure says of what was asked for that it is not there. A subscription that is not is another matter, and so is an
 * answer of nobody knows whom: neither may be taken for a lab that is gone.
 */
export function isNothing({ status, bodyAsText }: PipelineResponse): boolean {
  const { code } = errorIn(bodyAsText ?? '')
  return status === 404 && code !== undefined && !/Subscription/.test(code)
}

interface AzureError {
  readonly code?: string
  readonly message?: string
}

/** `{error: {code, message}}`, or what a proxy answers instead. */
function errorIn(text: string): AzureError {
  try {
    return (JSON.parse(text) as { readonly error?: AzureError } | null)?.error ?? {}
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return {}
  }
}

/** An error of Azure's clients as a LabError; any other as it is. */
export function asLabError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LabError || error.name === 'AbortError') return error
  if (isNetwork(error))
    return new LabError(
      { code: 'cloud-unreachable', provider: 'azure', reason: networkReason(error) },
      { cause: error },
    )
  // Of `az`: it is not there, or nobody is logged in. One that has an answer of Azure tells it.
  if (error.name === 'CredentialUnavailableError' && !error.message.includes('AADSTS'))
    return new LabError(
      { code: 'cloud-credentials-unusable', provider: 'azure', reason: credentialWords(error.message) },
      { cause: error },
    )
  const refusal = findRefusal(error.message, 'azure')
  if (refusal !== undefined) return new LabError(refusal, { cause: error })
  if (!IDENTITY_ERRORS.has(error.name)) return error
  return new LabError(
    { code: 'cloud-credentials-refused', provider: 'azure', reason: error.message },
    { cause: error },
  )
}

const IDENTITY_ERRORS = new Set([
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
])

/** What is sent to the login service comes back as words only. */
const isNetwork = (error: Error): boolean =>
  (error instanceof RestError && error.statusCode === undefined) ||
  /network_error|endpoints_resolution_error|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/.test(error.message)
