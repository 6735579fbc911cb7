import { azureIdentity, readAzure } from './client.js'
import { LabError } from '../../errors.js'

export interface AzureAccount {
  /** Whose credentials these are: a user's name, or the id of an application. */
  readonly identity: string
  /** Its name and id. */
  readonly subscription: string
}

/**
 * Whose credentials there are and which subscription they are for, by Azure's own word. Changes nothing. Throws LabError
 * cloud-credentials-missing, cloud-credentials-refused or cloud-unreachable, the first without asking Azure.
 */
export async function checkAzureAccount(signal: AbortSignal): Promise<AzureAccount> {
  const { token, subscription } = await azureIdentity()
  const found = await readAzure<{ readonly displayName?: string; readonly state?: string }>('', {
    apiVersion: '2022-12-01',
    signal,
  })
  if (found?.state === 'Disabled' || found?.state === 'Deleted') {
    const reason = `the subscription ${subscription} (ARM_SUBSCRIPTION_ID) is ${found.state.toLowerCase()}`
    throw new LabError({ code: 'cloud-credentials-refused', provider: 'azure', reason })
  }
  return { identity: nameIn(token), subscription: `${found?.displayName ?? ''} (${subscription})`.trim() }
}

/** (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference) */
function nameIn(token: string): string {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<
      string,
      unknown
    >
    const name = ['upn', 'unique_name', 'app_displayname', 'appid', 'oid']
      .map((claim) => claims[claim])
      .find((claim) => typeof claim === 'string' && claim !== '')
    return typeof name === 'string' ? name : 'somebody'
  } catch (error) {
    // Azure does not promise that its tokens can be read.
    if (error instanceof SyntaxError) return 'somebody'
    throw error
  }
}
