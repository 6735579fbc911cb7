import type { Refusals } from '../refusal-row.js'

/**
 * Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, EBS direct's
 * https://docs.aws.amazon.com/ebs/latest/APIReference/CommonErrors.html, and `internal/service/ec2/errors.go`
 * of OpenTofu's provider. Throttling (`RequestLimitExceeded`) comes before quota (`…LimitExceeded`), and a
 * code with certain words before the code alone. Rows with words only come last, because texts also contain
 * names that people chose.
 */
export const awsRefusals: Refusals = {
  voice:
    /\boperation error \w|\bapi error |amazonaws\.com|\bEC2\b|No valid credential sources|Your query returned no results/,
  codesIn,
  rows: [
    {
      is: 'cloud-throttled',
      codes: [
        ...['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'ThrottledException'],
        ...['RequestThrottled', 'RequestThrottledException', 'EC2ThrottledException', 'SlowDown'],
        ...['TooManyRequestsException', 'ConcurrentLimitExceededException', 'PriorRequestNotComplete'],
        '…RateExceeded',
      ],
    },
    {
      is: 'cloud-credentials-refused',
      codes: [
        ...['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'InvalidClientTokenId'],
        ...['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'IncompleteSignature'],
        ...['UnrecognizedClientException', 'MissingAuthenticationToken'],
      ],
    },
    { is: 'cloud-terms', codes: ['OptInRequired'], words: ['AWS Marketplace'] },
    {
      is: 'cloud-account',
      codes: ['OptInRequired'],
      words: ['not subscribed to this service', 'needs a subscription for the service'],
    },
    {
      is: 'cloud-account',
      codes: [
        ...['Blocked', 'PendingVerification', 'SubscriptionRequiredException', 'NotSignedUp'],
        ...['AccountProblem', 'AccountDisabled'],
      ],
    },
    { is: 'cloud-image-gone', codes: ['AuthFailure'], words: ['Not authorized for images'] },
    { is: 'cloud-image-gone', codes: ['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable'] },
    {
      is: 'cloud-zone-unknown',
      codes: ['InvalidParameterValue'],
      words: ['Invalid availability zone', 'availability zone …… does not exist'],
    },
    { is: 'cloud-zone-unknown', codes: ['InvalidZone.NotFound'] },
    // STS accepted these credentials before, so the region is one that must be enabled.
    { is: 'cloud-region-disabled', codes: ['AuthFailure', 'OptInRequired'] },
    { is: 'cloud-not-ready', codes: ['ConcurrentMutationLimitExceeded'] },
    { is: 'cloud-quota', codes: ['InvalidParameterCombination'], words: ['not eligible for Free Tier'] },
    {
      is: 'cloud-quota',
      codes: [
        ...['VcpuLimitExceeded', 'InstanceLimitExceeded', 'AddressLimitExceeded', 'VpcLimitExceeded'],
        ...['…LimitExceeded', 'MaxSpotInstanceCountExceeded', 'ServiceQuotaExceededException'],
        'ResourceCountExceeded',
      ],
    },
    { is: 'cloud-network', codes: ['InsufficientFreeAddressesInSubnet'] },
    {
      is: 'cloud-capacity',
      codes: [
        ...['InsufficientInstanceCapacity', 'Insufficient…Capacity', 'InsufficientCapacity'],
        ...['InsufficientCapacityOnHost', 'UnfulfillableCapacity', 'ReservationCapacityExceeded'],
        'SpotMaxPriceTooLow',
      ],
    },
    {
      is: 'cloud-not-offered',
      codes: [
        ...['Unsupported', 'UnsupportedHostConfiguration', 'VolumeTypeNotAvailableInZone'],
        'InvalidInstanceType',
      ],
    },
    {
      is: 'cloud-not-offered',
      codes: ['InvalidParameterValue', 'UnsupportedOperation'],
      words: [
        'instance type …… not supported',
        'instance types do not exist',
        'Invalid value …… for InstanceType',
      ],
    },
    { is: 'cloud-policy', codes: ['TagPolicyViolation', 'TagPolicyViolationException'] },
    {
      is: 'cloud-policy',
      codes: ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'],
      words: ['explicit deny', 'service control policy', 'resource control policy', 'permissions boundary'],
    },
    {
      is: 'cloud-forbidden',
      codes: [
        ...['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException', 'Forbidden'],
        ...['InvalidKMSKey.InvalidState', 'KMSKeyNotAccessibleFault'],
      ],
    },
    {
      is: 'cloud-network',
      codes: [
        ...['VPCIdNotSpecified', 'MissingInput', 'InvalidVpcID.NotFound', 'InvalidSubnetID.NotFound'],
        ...['InvalidSubnet.Conflict', 'InvalidSubnet.Range', 'InvalidVpcRange', 'InvalidVpc.Range'],
      ],
    },
    {
      is: 'cloud-exists',
      codes: [
        ...['InvalidKeyPair.Duplicate', 'InvalidGroup.Duplicate', 'InvalidPermission.Duplicate'],
        ...['InvalidAMIName.Duplicate', '…Duplicate', '…AlreadyExists', '…AlreadyAssociated'],
        'BucketAlreadyOwnedByYou',
      ],
    },
    { is: 'cloud-in-use', codes: ['OperationNotPermitted'], words: ['disableApiTermination'] },
    {
      is: 'cloud-in-use',
      codes: [
        ...['DependencyViolation', 'IncorrectState', 'IncorrectInstanceState', 'VolumeInUse', '…InUse'],
        'CannotDelete',
      ],
    },
    {
      is: 'cloud-not-ready',
      codes: [
        ...['InvalidInstanceID.NotFound', 'InvalidGroup.NotFound', 'Invalid….NotFound'],
        ...['ResourceNotReady', 'Gateway.NotAttached', 'InternalError', 'InternalFailure'],
        ...['InternalServerException', 'Unavailable', 'ServiceUnavailable', 'RequestTimeout'],
      ],
    },
    {
      is: 'cloud-credentials-refused',
      words: [
        'No valid credential sources',
        'refresh cached credentials',
        'SSO session',
        'InvalidGrantException',
      ],
    },
    { is: 'cloud-image-gone', words: ['Your query returned no results'] },
    { is: 'cloud-network', words: ['no matching EC2 VPC found', 'no matching EC2 Subnet found'] },
    {
      is: 'cloud-unreachable',
      words: ['StatusCode: 0,', 'dial tcp……amazonaws.com', 'request send failed……amazonaws.com'],
    },
    { is: 'cloud-credentials-refused', words: ['StatusCode: 401'] },
    { is: 'cloud-forbidden', words: ['StatusCode: 403', 'is not authorized to perform'] },
    { is: 'cloud-throttled', words: ['StatusCode: 429'] },
    {
      is: 'cloud-not-ready',
      words: ['StatusCode: 500', 'StatusCode: 502', 'StatusCode: 503', 'StatusCode: 504'],
    },
  ],
}

/**
 * `api error CODE: words` of OpenTofu's provider, `last error: Server.CODE: words` of a machine that ended
 * during the wait, and `CODE: words` of AWS's own client. Only the first, because the words may quote
 * anything.
 */
function codesIn(text: string): readonly string[] {
  const code =
    /\bapi error ([\w.]+):/.exec(text)?.[1] ??
    /\blast error: ([\w.]+):/.exec(text)?.[1] ??
    /^([A-Z][\w.]+): /.exec(text)?.[1]
  return code === undefined ? [] : [code.replace(/^(Client|Server)\./, '')]
}
