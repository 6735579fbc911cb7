import { readFile } from 'node:fs/promises'
import type { TokenCredential } from '@azure/identity'
import { createPipelineFromOptions, createPipelineRequest } from '@azure/core-rest-pipeline'
import { systemErrorOf } from '../../../backend/system-error.js'
import { variableOf } from '../../env.js'
import { LabError } from '../../errors.js'
import { httpClient, RETRIES } from './environment.js'

const pipeline = createPipelineFromOptions({ retryOptions: RETRIES })
const TIMEOUT_MS = 3_000
const AUDIENCE = 'api://AzureADTokenExchange'

/** The first variable that is set counts; GitHub Actions sets the second and third. */
const first = (...names: string[]): string | undefined =>
  names.map((name) => variableOf(name) || undefined).find((value) => value !== undefined)

/**
 * The source of another service's token that Azure trusts: a value, a file, or the CI service; undefined if
 * there is none.
 */
export function federatedToken(): (() => Promise<string>) | undefined {
  const token = first('ARM_OIDC_TOKEN')
  if (token !== undefined) return () => Promise.resolve(token)
  for (const name of ['ARM_OIDC_TOKEN_FILE_PATH', 'AZURE_FEDERATED_TOKEN_FILE']) {
    const file = first(name)
    if (file !== undefined) return () => readToken(file, name)
  }
  const url = first('ARM_OIDC_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_URL')
  const bearer = first('ARM_OIDC_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN')
  if (url === undefined || bearer === undefined) return undefined
  return async () => {
    const asked = new URL(url)
    asked.searchParams.set('audience', AUDIENCE)
    const { value } = await ask<{ value: string }>(asked, { authorization: `Bearer ${bearer}` })
    return value
  }
}

/** Read each time, because it is written again before it expires. */
async function readToken(file: string, name: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    throw unreadableFile(name, error)
  }
}

/** The system's error about a file that a variable names, as LabError cloud-credentials-unusable. */
export function unreadableFile(name: string, error: unknown): unknown {
  const { code } = systemErrorOf(error) ?? {}
  if (code === undefined) return error
  const reason = `the file that ${name} names cannot be read (${code})`
  return new LabError({ code: 'cloud-credentials-unusable', provider: 'azure', reason }, { cause: error })
}

/** For a machine in Azure. Asked here, because only then ARM_MSI_ENDPOINT is honoured, as by the provider. */
export function machineIdentity(client: string | undefined): TokenCredential {
  return {
    async getToken(scopes) {
      const url = new URL(
        first('ARM_MSI_ENDPOINT') ?? 'http://169.254.169.254/metadata/identity/oauth2/token',
      )
      url.searchParams.set('api-version', first('ARM_MSI_API_VERSION') ?? '2018-02-01')
      url.searchParams.set('resource', String(scopes).replace(/\/\.default$/, ''))
      if (client !== undefined) url.searchParams.set('client_id', client)
      const { access_token: token, expires_on: expiresOn } = await ask<Record<string, string>>(url, {
        metadata: 'true',
      })
      return { token: token ?? '', expiresOnTimestamp: Number(expiresOn) * 1000 }
    },
  }
}

async function ask<T>(url: URL, headers: Record<string, string>): Promise<T> {
  const request = createPipelineRequest({ url: url.href, timeout: TIMEOUT_MS, allowInsecureConnection: true })
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value)
  const { status, bodyAsText } = await pipeline.sendRequest(httpClient, request)
  if (status === 200) return JSON.parse(bodyAsText ?? '') as T
  const reason = `${url.host} returns no token: HTTP ${status}`
  throw new LabError({ code: 'cloud-credentials-refused', provider: 'azure', reason })
}
