import { AwsCredentialsError } from './aws-credentials.js'
import type { BucketRequest, Trouble } from './bucket.js'
import { forbidden, lasting } from './bucket-answers.js'
import { fits } from './forms.js'
import type { S3Location } from './location.js'
import { messageOf, networkReason, property, statusReason } from './sdk-error.js'

/** The parts of an SDK error that say what happened; which exist depends on how far the request got. */
interface S3Error {
  /** S3's own error code, or the SDK's class. */
  readonly name: string
  readonly message: string
  readonly status: number | undefined
  readonly region: string | undefined
}

/** S3's own code of an error, or the SDK's class. */
export const s3ErrorName = (error: unknown): string => read(error).name

/** The store's own word: a 404 alone may be from a network's login page. */
export const isSaidAbsent = (error: unknown): boolean => read(error).name === 'NoSuchKey'

/** An answer to HEAD has no body, and so no code. */
export const isAbsent = (error: unknown): boolean => ['NoSuchKey', 'NotFound'].includes(read(error).name)

/** 412; or a 404 to a conditional write or delete: the object does not exist (any more). */
export function isRefused(error: unknown): boolean {
  return isAbsent(error) || read(error).status === 412
}

const permissions = {
  read: 's3:GetObject',
  write: 's3:PutObject',
  remove: 's3:DeleteObject',
  list: 's3:ListBucket',
  // Without the permission to list, S3 answers 403 for a missing object.
  date: 's3:ListBucket',
} as const satisfies Record<BucketRequest['operation'], string>

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; the SDK's own by class name. */
const credentialErrors = new Set([
  ...['CredentialsProviderError', 'TokenProviderError', 'InvalidAccessKeyId', 'SignatureDoesNotMatch'],
  ...[
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidToken',
    'TokenRefreshRequired',
    'UnauthorizedException',
  ],
  ...['ExpiredLoginSession', 'InvalidClientTokenId', 'AuthorizationQueryParametersError'],
])
const passingErrors = new Set([
  ...['RequestTimeout', 'SlowDown', 'Throttling', 'ThrottlingException', 'RequestLimitExceeded'],
  // Another conditional request on the same key is running; nothing was written.
  ...['ConditionalRequestConflict', 'OperationAborted'],
  // The SDK has learned the server's time from this answer, and uses it to sign the next request.
  ...['RequestTimeTooSkewed', 'RequestExpired'],
])
const regionErrors = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
])

/** Who lacks which right, if AWS tells. */
const FORBIDDEN = /^User: ([\w+=,.@:/-]{1,512}) is not authorized to perform: ([\w:*]{1,128})/

export function explainS3Error(
  error: unknown,
  request: BucketRequest,
  location: S3Location,
  place: string,
): Trouble {
  if (error instanceof AwsCredentialsError)
    return lasting({ code: 'store-credentials', kind: 's3', reason: error.message })
  const { name, message, status, region } = read(error)
  const passing = networkReason(error) ?? (passingErrors.has(name) ? `${name}: ${message}` : undefined)
  const reason = passing ?? statusReason(status, name === 'Unknown' ? '' : name)
  if (status === 501) return lasting({ code: 'store-no-conditions', ...conditional(location, request) })
  if (reason !== undefined) return { kind: 'passing', reason }
  const { bucket } = location
  if (name === 'NoSuchBucket') return lasting({ code: 'store-missing', bucket })
  if (regionErrors.has(name) || status === 301) {
    const actual = region === undefined || region === location.region ? {} : { actual: region }
    return lasting({ code: 'store-wrong-region', bucket, given: location.region, ...actual })
  }
  if (credentialErrors.has(name)) {
    return lasting({ code: 'store-credentials', kind: 's3', reason: `${name}: ${message}` })
  }
  if (status === 403) return forbidden(FORBIDDEN.exec(message), request, place, permissions)
  const code =
    request.operation === 'read' || request.operation === 'list' ? 'store-unreadable' : 'store-unwritable'
  return lasting({
    code,
    place,
    reason: status === undefined ? message : `${name} (HTTP ${status}): ${message}`,
  })
}

/**
 * 501: the answer of servers that do not know a header
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
 */
function conditional({ endpoint = 's3' }: S3Location, { operation }: BucketRequest) {
  return { endpoint, operation: operation === 'remove' ? operation : 'create' } as const
}

function read(error: unknown): S3Error {
  const name = property(error, 'Code') ?? property(error, 'name')
  const metadata = property(error, '$metadata')
  const status = property(metadata, 'httpStatusCode')
  const headers = property(property(error, '$response'), 'headers')
  const region = property(headers, 'x-amz-bucket-region') ?? property(error, 'Region')
  return {
    name: typeof name === 'string' ? name : '',
    message: messageOf(error),
    status: typeof status === 'number' ? status : undefined,
    region: typeof region === 'string' && fits('region', region) ? region : undefined,
  }
}
