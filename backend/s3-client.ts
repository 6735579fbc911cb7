import { S3Client } from '@aws-sdk/client-s3'
import { openAwsCredentials } from './aws-credentials.js'
import type { S3Location } from './location.js'
import { proxyAgents } from './proxies.js'

/** The server, for messages. */
export const s3Endpoint = ({ endpoint, region }: S3Location): string =>
  endpoint ?? `https://s3.${region}.amazonaws.com`

export function s3Client({ region, endpoint, pathStyle }: S3Location): S3Client {
  return new S3Client({
    region,
    credentials: openAwsCredentials(),
    forcePathStyle: pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    // We retry ourselves, because only we know whether a refusal means that our own write succeeded.
    maxAttempts: 1,
    // Explain a wrong region instead of following it: OpenTofu would not follow it either.
    followRegionRedirects: false,
    // Servers other than AWS's fail on checksums in trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000, ...proxyAgents() },
  })
}
