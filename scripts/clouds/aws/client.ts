import { EC2Client } from '@aws-sdk/client-ec2'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { LabError } from '../../errors.js'
import { networkReason } from '../../network-reason.js'
import { findRefusal } from '../refusals.js'

/**
 * Wherever AWS's own tools look: variables, profile, SSO, and a machine's own role. A computer that is none of AWS's has
 * nobody who answers for the last one: that is found out twice, in milliseconds each.
 */
export const awsCredentials = defaultProvider({ timeout: 300, maxRetries: 0 })

/** Milliseconds: until a connection, and until an answer. Without the last of these the client only complains of silence. */
export const REQUEST_TIMEOUTS = {
  ...{ connectionTimeout: 3_000, requestTimeout: 20_000 },
  throwOnRequestTimeout: true,
}

/** What AWS was asked, with its refusals as LabErrors. The endpoint may be another one (AWS_ENDPOINT_URL). */
export function withEc2<T>(region: string, ask: (client: EC2Client) => Promise<T>): Promise<T> {
  const client = new EC2Client({
    ...{ region, credentials: awsCredentials, maxAttempts: 3, requestHandler: REQUEST_TIMEOUTS },
  })
  return explainedBy(client, ask)
}

/** Ends the client too. Throws what it is refused as LabError. */
export async function explainedBy<C extends { destroy(): void }, T>(
  client: C,
  ask: (client: C) => Promise<T>,
): Promise<T> {
  try {
    return await ask(client)
  } catch (error) {
    throw explainAwsError(error)
  } finally {
    client.destroy()
  }
}

const SOUGHT =
  'no keys in AWS_* variables, no such profile in ~/.aws, no SSO session, and no role of a machine of AWS that this would be'

/** An error of AWS's client as a LabError; any other as it is. */
export function explainAwsError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LabError || error.name === 'AbortError') return error
  const told = `${error.name}: ${error.message}`
  const refusal = findRefusal(told, 'aws')
  if (refusal !== undefined) return new LabError(refusal, { cause: error })
  if (error.name === 'CredentialsProviderError')
    return new LabError(
      { code: 'cloud-credentials-missing', provider: 'aws', sought: SOUGHT },
      { cause: error },
    )
  if (isFromAws(error))
    return new LabError({ code: 'cloud-failed', provider: 'aws', reason: told }, { cause: error })
  if (!isNetwork(error)) return error
  const reason = networkReason(error)
  return new LabError({ code: 'cloud-unreachable', provider: 'aws', reason }, { cause: error })
}

/** An answer of AWS says which request it belongs to. */
const isFromAws = (error: Error): boolean =>
  (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode !==
  undefined

const isNetwork = (error: Error): boolean =>
  error.name === 'TimeoutError' || typeof (error as NodeJS.ErrnoException).code === 'string'
