import { RestError } from '@azure/core-rest-pipeline'
import { PageBlobClient } from '@azure/storage-blob'
import { LabError } from '../../errors.js'
import { networkReason } from '../../network-reason.js'
import { blobUrl, type BlobPlace } from './blob-place.js'
import { azureCredential } from './credentials.js'
import { azureEnvironment } from './environment.js'
import { asLabError } from './explain.js'

/** Milliseconds in which every request has its answer, retries included. */
const PATIENCE_MS = 300_000
const RETRIES = { maxTries: 5, retryDelayInMs: 500, maxRetryDelayInMs: 8_000 }

/**
 * The same identity as for everything else in Azure. Throws LabError cloud-credentials-missing or -refused.
 */
export async function openPageBlob(place: BlobPlace): Promise<PageBlobClient> {
  const credential = await azureCredential(await azureEnvironment())
  return new PageBlobClient(blobUrl(place), credential, { retryOptions: RETRIES })
}

/** One request, limited by the user's interrupt and by our time limit. */
export const within = (signal: AbortSignal): { readonly abortSignal: AbortSignal } => ({
  abortSignal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
})

export const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof RestError && codes.includes(codeOf(error) ?? '')

/** Whether it does not exist. If the request has no body, its answer has no words either. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof RestError && error.statusCode === 404 && codeOf(error) !== 'ContainerNotFound'

/**
 * Throws failures of `action` as LabError: import-container-missing, import-storage-forbidden, upload-failed,
 * or one about the credentials.
 */
export async function explainedOfBlob<T>(
  place: BlobPlace,
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action()
  } catch (error) {
    signal.throwIfAborted()
    throw explained(place, error)
  }
}

function explained(place: BlobPlace, error: unknown): unknown {
  if (error instanceof LabError || !(error instanceof Error)) return error
  const options = { cause: error }
  const failed = (reason: string): LabError =>
    new LabError({ code: 'upload-failed', place: blobUrl(place), reason }, options)
  // Not the user's interrupt, which was checked above.
  if (error.name === 'AbortError') return failed(`no answer for ${PATIENCE_MS / 1000} seconds`)
  if (!(error instanceof RestError)) return asLabError(error)
  const { account, container } = place
  const code = codeOf(error)
  const reason = [code, error.message.split('\n')[0]].filter(Boolean).join(': ')
  if (error.statusCode === undefined) return failed(networkReason(error))
  if (code === 'ContainerNotFound')
    return new LabError({ code: 'import-container-missing', account, container }, options)
  if (error.statusCode === 403)
    return new LabError({ code: 'import-storage-forbidden', account, container, reason }, options)
  if (error.statusCode === 401)
    return new LabError({ code: 'cloud-credentials-refused', provider: 'azure', reason }, options)
  return failed(reason)
}

/** Azure's own word for the problem, from the answer's body or its header. */
function codeOf(error: RestError): string | undefined {
  return error.code ?? error.response?.headers.get('x-ms-error-code')
}
