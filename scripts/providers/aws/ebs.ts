import { EBSClient } from '@aws-sdk/client-ebs'
import { awsConnection, explainedBy } from './client.js'

/** Milliseconds for half a megabyte, even on a slow line. */
const BLOCK_TIMEOUT = 60_000

/**
 * Like `withEc2`, for the EBS direct APIs, which write a snapshot without a machine, a bucket or a role
 * (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-accessing-snapshot.html). Retries for some ten
 * seconds.
 */
export function withEbs<T>(region: string, ask: (client: EBSClient) => Promise<T>): Promise<T> {
  return explainedBy(new EBSClient({ region, maxAttempts: 7, ...awsConnection(BLOCK_TIMEOUT) }), ask)
}
