import { OAuth2Client } from 'google-auth-library'
import { LabError } from '../../errors.js'
import { isCustomEndpoint, openCompute } from './client.js'
import { findGoogleCredentials, type GoogleCredentials } from './credentials.js'

export interface GoogleAccount {
  /** Whose credentials these are, as far as it can be known. */
  readonly principal: string
  readonly project: string
}

/**
 * Whose credentials there are, and that they may be used for machines of the project. Changes nothing. Throws LabError
 * cloud-credentials-missing (without asking Google), cloud-project-missing, cloud-credentials-refused,
 * cloud-service-disabled, cloud-forbidden or cloud-unreachable.
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

/** A Google that does not answer at once is found out before anything is begun. */
const ANSWER_MS = 2_000
/** How long a name is waited for that nothing depends on. */
const NAME_MS = 1_500

async function principalOf({ client, kind, principal }: GoogleCredentials): Promise<string> {
  // Google is asked whose a token is only where Google is asked for machines.
  if (kind === 'account' || isCustomEndpoint()) return principal
  const patience = new Promise<undefined>((resolve) => void setTimeout(resolve, NAME_MS, undefined).unref())
  const asked = client
    .getAccessToken()
    .then(({ token }) => new OAuth2Client().getTokenInfo(token ?? ''))
    // Without the scope for it there is no name; what is wrong with the credentials themselves the project's answer says.
    .catch(() => undefined)
  return (await Promise.race([asked, patience]))?.email ?? principal
}
