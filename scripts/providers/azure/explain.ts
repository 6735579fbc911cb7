import { RestError, type PipelineResponse } from '@azure/core-rest-pipeline'
import { credentialWords } from '../../../backend/credential-words.js'
import { LabError } from '../../errors.js'
import { networkReason } from '../../network-reason.js'
import { findRefusal } from '../refusals.js'

/** A refusal by Azure; the reason has its own code and words. */
export function refused({ status, bodyAsText, request }: PipelineResponse): LabError {
  const { code: name, message } = errorIn(bodyAsText ?? '')
  const told = `${name ?? `HTTP ${status}`}: ${message ?? new URL(request.url).pathname}`
  const cause = new Error(told)
  // In the words of OpenTofu's provider, so that one table covers both; some services return only the status.
  const refusal = findRefusal(`unexpected status ${status} with error: ${told}`, 'azure')
  const code = refusal?.code ?? 'cloud-failed'
  return new LabError({ code, provider: 'azure', reason: told }, { cause })
}

/**
 * Whether Azure says that the requested thing does not exist. A missing subscription, or an answer from
 * something other than Azure, is different: neither may count as a lab that is gone.
 */
export function isNothing({ status, bodyAsText }: PipelineResponse): boolean {
  const { code } = errorIn(bodyAsText ?? '')
  return status === 404 && code !== undefined && !/Subscription/.test(code)
}

interface AzureError {
  readonly code?: string
  readonly message?: string
}

/** `{error: {code, message}}`, or a proxy's answer instead. */
function errorIn(text: string): AzureError {
  try {
    return (JSON.parse(text) as { readonly error?: AzureError } | null)?.error ?? {}
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return {}
  }
}

/** Turns an error of Azure's clients into a LabError; returns any other unchanged. */
export function asLabError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LabError || error.name === 'AbortError') return error
  if (isNetwork(error))
    return new LabError(
      { code: 'cloud-unreachable', provider: 'azure', reason: networkReason(error) },
      { cause: error },
    )
  // An error of `az`: it is not installed, or no one is logged in. If it contains an answer from Azure, that
  // answer counts.
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

/** Failures of the login service have only words. */
const isNetwork = (error: Error): boolean =>
  (error instanceof RestError && error.statusCode === undefined) ||
  /network_error|endpoints_resolution_error|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/.test(error.message)
