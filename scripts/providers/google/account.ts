import { OAuth2Client } from 'google-auth-library'
import { LabError } from '../../errors.js'
import { isCustomEndpoint, openCompute } from './client.js'
import { findGoogleCredentials, type GoogleCredentials } from './credentials.js'

export interface GoogleAccount {
  /** Who the credentials belong to, as far as that can be known. */
  readonly principal: string
  readonly project: string
}

/**
 * Checks who the credentials belong to, and that they can be used for machines of the project. Changes
 * nothing. Throws LabError cloud-credentials-missing (without asking Google), cloud-project-missing,
 * cloud-credentials-refused, cloud-service-disabled, cloud-forbidden or cloud-unreachable.
 */
export async function checkGoogleAccount(signal: AbortSignal): Promise<GoogleAccount> {
  const credentials = findGoogleCredentials()
  const compute = openCompute(signal, ANSWER_MS)
  const { project } = compute
  const [principal, found] = await Promise.all([principalOf(credentials), compute.find('')])
  if (found !== undefined) return { principal, project }
  const sought = `Google Cloud has no project "${project}"`
  throw new LabError({ code: 'cloud-project-missing', provider: 'google', sought })
}

/** Short, so that an unreachable Google is noticed before anything begins. */
const ANSWER_MS = 2_000
/** How long to wait for a name that nothing depends on. */
const NAME_MS = 1_500

async function principalOf({ client, kind, principal }: GoogleCredentials): Promise<string> {
  // Ask Google about a token only if Google is also asked for machines.
  if (kind === 'account' || isCustomEndpoint()) return principal
  const patience = new Promise<undefined>((resolve) => void setTimeout(resolve, NAME_MS, undefined).unref())
  const asked = client
    .getAccessToken()
    .then(({ token }) => new OAuth2Client().getTokenInfo(token ?? ''))
    // Without the scope there is no name; the project's answer says what is wrong with the credentials
    // themselves.
    .catch(() => undefined)
  return (await Promise.race([asked, patience]))?.email ?? principal
}
