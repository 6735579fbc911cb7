import { S3Client } from '@aws-sdk/client-s3'
import { openAwsCredentials } from './aws-credentials.js'
import type { S3Location } from './location.js'
import { proxyAgents } from './proxies.js'

/** Who is asked, for messages. */
export const s3Endpoint = ({ endpoint, region }: S3Location): string =>
  endpoint ?? `https://s3.${region}.amazonaws.com`

export function s3Client({ region, endpoint, pathStyle }: S3Location): S3Client {
  return new S3Client({
    region,
    credentials: openAwsCredentials(),
    forcePathStyle: pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    // We retry, because only we know whether a refusal is our own success.
    maxAttempts: 1,
    // A wrong region is explained, not followed: OpenTofu would not follow it either.
    followRegionRedirects: false,
    // Servers other than AWS's stumble over checksums in trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000, ...proxyAgents() },
  })
}
