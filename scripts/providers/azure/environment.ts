import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
} from '@azure/core-rest-pipeline'
import { variableOf } from '../../env.js'
import { LabError } from '../../errors.js'

/**
 * The URLs of an Azure cloud: the public one, a country's own, or one that describes itself. No slash at the
 * ends.
 */
export interface AzureEnvironment {
  readonly login: string
  readonly resourceManager: string
}

/**
 * By the names that OpenTofu's provider accepts in ARM_ENVIRONMENT
 * (https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs).
 */
const KNOWN: Readonly<Record<string, AzureEnvironment>> = {
  public: { login: 'https://login.microsoftonline.com', resourceManager: 'https://management.azure.com' },
  usgovernment: {
    login: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
  },
  china: {
    login: 'https://login.chinacloudapi.cn',
    resourceManager: 'https://management.chinacloudapi.cn',
  },
}

/** Milliseconds until an answer, for a request without its own limit. */
const TIMEOUT_MS = 20_000
const plainClient = createDefaultHttpClient()

/**
 * Throws LabError cloud-unreachable if no answer comes within the request's `timeout`. The library's own
 * timer is not used: after a failed request it keeps the whole process alive, and its end looks like an
 * interrupt.
 */
export const httpClient: HttpClient = {
  async sendRequest(request) {
    const { timeout, abortSignal } = request
    const ms = timeout > 0 ? timeout : TIMEOUT_MS
    const patience = AbortSignal.timeout(ms)
    // All callers, the login library included, use Node's own signals.
    const signals = [patience, ...(abortSignal === undefined ? [] : [abortSignal as AbortSignal])]
    try {
      return await plainClient.sendRequest({ ...request, timeout: 0, abortSignal: AbortSignal.any(signals) })
    } catch (error) {
      if (!patience.aborted || abortSignal?.aborted === true) throw error
      const reason = `no answer from ${new URL(request.url).host} within ${ms / 1000} s`
      throw new LabError({ code: 'cloud-unreachable', provider: 'azure', reason }, { cause: error })
    }
  },
}

/** Few and quick, so that the user soon hears of an Azure that does not exist. Milliseconds. */
export const RETRIES = { maxRetries: 1, retryDelayInMs: 300 }

const pipeline = createPipelineFromOptions({ retryOptions: RETRIES })

/**
 * Found like the provider does: from ARM_METADATA_HOSTNAME, else by ARM_ENVIRONMENT. An unknown name means
 * the public cloud. Throws LabError cloud-failed if the host does not describe itself.
 */
export async function azureEnvironment(): Promise<AzureEnvironment> {
  const host = variableOf('ARM_METADATA_HOSTNAME')
  const named = KNOWN[variableOf('ARM_ENVIRONMENT')?.toLowerCase() ?? 'public'] ?? KNOWN['public']
  if (host === undefined || host === '') return named as AzureEnvironment
  const url = `https://${host}/metadata/endpoints?api-version=2022-09-01`
  const { status, bodyAsText } = await pipeline.sendRequest(httpClient, createPipelineRequest({ url }))
  if (status !== 200) {
    const reason = `${host} (ARM_METADATA_HOSTNAME) does not say where Azure is: HTTP ${status}`
    throw new LabError({ code: 'cloud-failed', provider: 'azure', reason })
  }
  const { authentication, resourceManager } = JSON.parse(bodyAsText ?? '') as {
    readonly authentication: { readonly loginEndpoint: string }
    readonly resourceManager: string
  }
  return { login: bare(authentication.loginEndpoint), resourceManager: bare(resourceManager) }
}

const bare = (url: string): string => url.replace(/\/+$/, '')
