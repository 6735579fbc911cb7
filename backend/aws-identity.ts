import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { openAwsCredentials } from './aws-credentials.js'
import { proxyAgents } from './proxies.js'

/** Long enough for an answer; a command must not wait longer just for a name. In milliseconds. */
const PATIENCE_MS = 5_000

/**
 * The ARN of these credentials, which AWS reveals to anyone who has them; undefined if AWS cannot be reached.
 */
export async function awsIdentity(region: string): Promise<string | undefined> {
  const client = new STSClient({
    region,
    credentials: openAwsCredentials(),
    maxAttempts: 2,
    requestHandler: proxyAgents(),
  })
  try {
    const abortSignal = AbortSignal.timeout(PATIENCE_MS)
    return (await client.send(new GetCallerIdentityCommand({}), { abortSignal })).Arn
  } catch {
    // A closed network may allow the bucket and nothing else; that is not a failure.
    return undefined
  } finally {
    client.destroy()
  }
}
