import { createPipelineFromOptions, createPipelineRequest } from '@azure/core-rest-pipeline'
import { messageOf, property } from '../../../backend/sdk-error.js'
import { variableOf } from '../../env.js'
import { LabError } from '../../errors.js'
import { httpClient, RETRIES } from './environment.js'

const pipeline = createPipelineFromOptions({ retryOptions: RETRIES })

/**
 * The login service's answer about the tenant, if the library could not find out where to log in: the
 * library's own error does not say whether there is no such tenant or no network. Returns any other error
 * unchanged.
 */
export async function explainedOfTenant(error: unknown, login: string): Promise<unknown> {
  const tenant = variableOf('ARM_TENANT_ID') ?? ''
  if (!messageOf(error).includes('endpoints_resolution_error') || tenant === '') return error
  const url = `${login}/${encodeURIComponent(tenant)}/v2.0/.well-known/openid-configuration`
  const { status, bodyAsText } = await pipeline.sendRequest(httpClient, createPipelineRequest({ url }))
  if (status < 400 || status >= 500) return error
  const reason = `${descriptionIn(bodyAsText ?? '') ?? `HTTP ${status}`} (ARM_TENANT_ID)`
  return new LabError({ code: 'cloud-credentials-refused', provider: 'azure', reason }, { cause: error })
}

function descriptionIn(body: string): string | undefined {
  try {
    const said = property(JSON.parse(body), 'error_description')
    return typeof said === 'string' ? said.split('\n')[0] : undefined
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}
