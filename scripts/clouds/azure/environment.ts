import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
} from '@azure/core-rest-pipeline'
import { variableOf } from '../../env.js'

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

export const httpClient = createDefaultHttpClient()

/** Few and quick: who waits for an Azure that is not there should hear of it. Milliseconds. */
export const RETRIES = { maxRetries: 1, retryDelayInMs: 300 }

const pipeline = createPipelineFromOptions({ retryOptions: RETRIES })

/** As the provider finds it: from ARM_METADATA_HOSTNAME, else by ARM_ENVIRONMENT. A name it does not know is the public one. */
export async function azureEnvironment(timeout: number): Promise<AzureEnvironment> {
  const host = variableOf('ARM_METADATA_HOSTNAME')
  const named = KNOWN[variableOf('ARM_ENVIRONMENT')?.toLowerCase() ?? 'public'] ?? KNOWN['public']
  if (host === undefined || host === '') return named as AzureEnvironment
  const url = `https://${host}/metadata/endpoints?api-version=2022-09-01`
  const { bodyAsText } = await pipeline.sendRequest(httpClient, createPipelineRequest({ url, timeout }))
  const { authentication, resourceManager } = JSON.parse(bodyAsText ?? '') as {
    readonly authentication: { readonly loginEndpoint: string }
    readonly resourceManager: string
  }
  return { login: bare(authentication.loginEndpoint), resourceManager: bare(resourceManager) }
}

const bare = (url: string): string => url.replace(/\/+$/, '')
