import { azureIdentity, readAzure } from './client.js'
import { LabError } from '../../errors.js'

export interface AzureAccount {
  /** Who the credentials belong to: a user's name, or the id of an application. */
  readonly identity: string
  /** Its name and id. */
  readonly subscription: string
}

/**
 * Asks Azure who the credentials belong to and which subscription they are for. Changes nothing. Throws
 * LabError cloud-credentials-missing (without asking Azure), cloud-credentials-refused or cloud-unreachable.
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
    // Azure does not guarantee that its tokens are readable.
    if (error instanceof SyntaxError) return 'somebody'
    throw error
  }
}
