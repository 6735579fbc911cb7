import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { awsConnection, explainAwsError } from './client.js'

export interface AwsAccount {
  /** Who the credentials belong to. */
  readonly arn: string
  readonly account: string
}

/**
 * Asks AWS who the credentials belong to; everyone with credentials may ask. Changes nothing. Throws LabError
 * cloud-credentials-missing (without asking AWS), cloud-credentials-refused or cloud-unreachable.
 */
export async function checkAwsAccount(signal: AbortSignal): Promise<AwsAccount> {
  // Any region's service answers; this one is open to every account.
  const client = new STSClient({ region: 'us-east-1', maxAttempts: 2, ...awsConnection(5_000) })
  try {
    const { Arn = '', Account = '' } = await client.send(new GetCallerIdentityCommand({}), {
      abortSignal: signal,
    })
    return { arn: Arn, account: Account }
  } catch (error) {
    signal.throwIfAborted()
    throw explainAwsError(error)
  } finally {
    client.destroy()
  }
}
