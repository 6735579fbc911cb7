import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
} from '@azure/core-rest-pipeline'
import { variableOf } from '../../env.js'
import { LabError } from '../../errors.js'

/** Where an Azure is: the public one, a country's own, or one that tells by itself. No slash at the ends. */
export interface AzureEnvironment {
  readonly login: string
  readonly resourceManager: string
}

/** By the names that OpenTofu's provider takes in ARM_ENVIRONMENT (https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs). */
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

/** Milliseconds, until an answer to a request that names no time of its own. */
const TIMEOUT_MS = 20_000
const plainClient = createDefaultHttpClient()

/**
 * Throws LabError cloud-unreachable where no answer comes within the request's `timeout`. The library's own timer is left
 * out: it lives on after a request that fails, and the whole process with it, and its end looks like an interrupt.
 */
export const httpClient: HttpClient = {
  async sendRequest(request) {
    const { timeout, abortSignal } = request
    const ms = timeout > 0 ? timeout : TIMEOUT_MS
    const patience = AbortSignal.timeout(ms)
    // Whoever asks, the library of logins too, has signals of Node's own.
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

/** Few and quick: who waits for an Azure that is not there should hear of it. Milliseconds. */
export const RETRIES = { maxRetries: 1, retryDelayInMs: 300 }

const pipeline = createPipelineFromOptions({ retryOptions: RETRIES })

/**
 * As the provider finds it: from ARM_METADATA_HOSTNAME, else by ARM_ENVIRONMENT. A name it does not know is the public one.
 * Throws LabError cloud-failed where the host does not say it.
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
