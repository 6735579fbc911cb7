import { EC2Client } from '@aws-sdk/client-ec2'
import { AwsCredentialsError, openAwsCredentials } from '../../../backend/aws-credentials.js'
import { proxyAgents } from '../../../backend/proxies.js'
import { isAnswer, networkReason as sdkNetworkReason } from '../../../backend/sdk-error.js'
import { variablesNamed } from '../../env.js'
import { LabError } from '../../errors.js'
import { networkReason } from '../../network-reason.js'
import { findRefusal } from '../refusals.js'

/**
 * Milliseconds until a connection, and until an answer. Without the latter the client only complains about
 * silence.
 */
const REQUEST_TIMEOUTS = {
  connectionTimeout: 3_000,
  requestTimeout: 20_000,
  throwOnRequestTimeout: true,
}

type Credentials = ReturnType<typeof openAwsCredentials>
const found = new Map<string, Credentials>()

/** The same credentials as long as the environment is the same: a role or a session costs a request. */
function awsCredentials(): Credentials {
  const key = JSON.stringify(variablesNamed(/^AWS_|^HOME$/))
  const credentials = found.get(key) ?? openAwsCredentials({ roleMs: 300 })
  found.set(key, credentials)
  return credentials
}

/** The settings of every AWS client: credentials, connection and time limits. */
export const awsConnection = (requestTimeout = REQUEST_TIMEOUTS.requestTimeout) => ({
  credentials: awsCredentials(),
  requestHandler: { ...REQUEST_TIMEOUTS, requestTimeout, ...proxyAgents() },
})

/** Asks AWS, and turns its refusals into LabErrors. The endpoint may be another one (AWS_ENDPOINT_URL). */
export function withEc2<T>(region: string, ask: (client: EC2Client) => Promise<T>): Promise<T> {
  return explainedBy(new EC2Client({ region, maxAttempts: 3, ...awsConnection() }), ask)
}

/** Also ends the client. Throws refusals as LabError. */
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

const SOUGHT = 'no keys in AWS_* variables, no profile in ~/.aws, no SSO session and no instance role'

/** Turns an error of AWS's client into a LabError; returns any other unchanged. */
export function explainAwsError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LabError || error.name === 'AbortError') return error
  if (error instanceof AwsCredentialsError) return credentialsFault(error)
  const told = `${error.name}: ${error.message}`
  const refusal = findRefusal(told, 'aws')
  if (refusal !== undefined) return new LabError(refusal, { cause: error })
  if (isAnswer(error))
    return new LabError({ code: 'cloud-failed', provider: 'aws', reason: told }, { cause: error })
  if (!isNetwork(error)) return error
  const reason = networkReason(error)
  return new LabError({ code: 'cloud-unreachable', provider: 'aws', reason }, { cause: error })
}

function credentialsFault(error: AwsCredentialsError): LabError {
  const fault = error.isMissing
    ? ({ code: 'cloud-credentials-missing', provider: 'aws', sought: SOUGHT } as const)
    : ({ code: 'cloud-credentials-unusable', provider: 'aws', reason: error.message } as const)
  return new LabError(fault, { cause: error })
}

const isNetwork = (error: Error): boolean =>
  sdkNetworkReason(error) !== undefined || typeof (error as NodeJS.ErrnoException).code === 'string'
