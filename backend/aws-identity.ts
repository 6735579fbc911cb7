import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { openAwsCredentials } from './aws-credentials.js'
import { proxyAgents } from './proxies.js'

/** Long enough for an answer; nobody waits for more than a name. In milliseconds. */
const PATIENCE_MS = 5_000

/** The ARN whose credentials these are, which AWS tells to everybody who has some; undefined where it is out of reach. */
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
    // A closed network may let through to the bucket and to nothing else; that is no failure.
    return undefined
  } finally {
    client.destroy()
  }
}
