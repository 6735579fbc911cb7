import type { CloudName } from '../../distro-catalog/provider.js'
import type { CloudRefusal, CloudRefusalCode } from './faults.js'

type Row = readonly [provider: CloudName, code: CloudRefusalCode, pattern: RegExp]

/**
 * What the clouds, and OpenTofu's providers for them, say when they refuse; first match wins. Throttling stands before
 * quota (`RequestLimitExceeded`), quota before capacity (Azure answers 409 to both), and expired before unreachable (a
 * clock that is wrong shows as either). Google's providers leave the code out: there the sentence is what is known.
 */
const REFUSALS: readonly Row[] = [
  [
    'aws',
    'cloud-throttled',
    /RequestLimitExceeded|\bThrottling(Exception)?\b|(TooManyRequests|RequestThrottled|ConcurrentLimitExceeded)Exception/,
  ],
  [
    'google',
    'cloud-throttled',
    /rateLimitExceeded|RATE_LIMIT_EXCEEDED|RESOURCE_OPERATION_RATE_EXCEEDED|googleapi: Error 429(?!.*Quota '[^']+' exceeded)/i,
  ],
  ['azure', 'cloud-throttled', /429 Too Many Requests|TooManyRequests|SubscriptionRequestsThrottled/],
  [
    'aws',
    'cloud-credentials-refused',
    /ExpiredToken|RequestExpired|InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClientException|No valid credential sources|refresh cached credentials|SSO session|InvalidGrantException/,
  ],
  [
    'google',
    'cloud-credentials-refused',
    /could not find default credentials|invalid_grant|invalid_rapt|rapt_required|invalid authentication credentials|Error 401/,
  ],
  [
    'azure',
    'cloud-credentials-refused',
    /AADSTS\d+|(Expired|Invalid)AuthenticationToken|SubscriptionNotFound|InvalidSubscriptionId|could not acquire access token|could not configure AzureCli Authorizer|az login/,
  ],
  [
    'aws',
    'cloud-terms',
    /OptInRequired: In order to use this AWS Marketplace|is sold in the AWS Marketplace/,
  ],
  ['azure', 'cloud-terms', /ResourcePurchaseValidationFailed|MarketplacePurchaseEligibilityFailed/],
  ['aws', 'cloud-zone-unknown', /Invalid availability zone|availability zone .{1,60} does not exist/i],
  [
    'google',
    'cloud-zone-unknown',
    /Invalid value for field 'zone'|Unknown zone|'?projects\/[^/ ]+\/zones\/[a-z0-9-]+'? was not found/,
  ],
  [
    'azure',
    'cloud-zone-unknown',
    /InvalidAvailabilityZone|AvailabilityZoneNotSupported|LocationNotSupportAvailabilityZones/,
  ],
  // With credentials that STS takes, as they were checked before: the region is one that must be switched on.
  ['aws', 'cloud-region-disabled', /AuthFailure|OptInRequired/],
  [
    'aws',
    'cloud-quota',
    /\b(VcpuLimit|InstanceLimit|AddressLimit|VpcLimit|SecurityGroupLimit|VolumeLimit|MaxSpotInstanceCount|MaxIOPSLimit|SnapshotLimit|ServiceQuota)Exceeded(Exception)?\b|PendingVerification/,
  ],
  ['google', 'cloud-quota', /Quota '[^']+' exceeded|QUOTA_EXCEEDED|quotaExceeded/],
  ['azure', 'cloud-quota', /exceeding approved .{1,80}quota|\b\w*QuotaExceeded\b|PublicIPCountLimitReached/],
  [
    'aws',
    'cloud-capacity',
    /Insufficient(Instance|Host|Address|Volume|ReservedInstance)?Capacity|is not supported in your requested Availability Zone|SpotMaxPriceTooLow/,
  ],
  [
    'google',
    'cloud-capacity',
    /does not have enough resources available|is currently unavailable in the .{1,80} zone|ZONE_RESOURCE_POOL_EXHAUSTED/,
  ],
  [
    'azure',
    'cloud-capacity',
    /SkuNotAvailable|\b(Zonal)?AllocationFailed|Overconstrained(Zonal)?AllocationRequest/,
  ],
  ['aws', 'cloud-image-gone', /InvalidAMIID\.(NotFound|Unavailable)|Your query returned no results/],
  ['google', 'cloud-image-gone', /Could not find image or family/],
  ['azure', 'cloud-image-gone', /PlatformImageNotFound|GalleryImage(Version)?NotFound/],
  [
    'aws',
    'cloud-forbidden',
    /UnauthorizedOperation|AccessDenied|is not authorized to perform|explicit deny in a/,
  ],
  // Before all else that Google answers 403 to.
  [
    'google',
    'cloud-service-disabled',
    /accessNotConfigured|SERVICE_DISABLED|has not been used in project \S+ before or it is disabled/,
  ],
  ['google', 'cloud-forbidden', /Required '[^']+' permission|googleapi: Error 403/],
  ['azure', 'cloud-service-disabled', /MissingSubscriptionRegistration|not registered to use namespace/],
  [
    'azure',
    'cloud-forbidden',
    /AuthorizationFailed|RequestDisallowedByPolicy|ReadOnlyDisabledSubscription|does not have authorization to perform/,
  ],
  ['aws', 'cloud-unreachable', /StatusCode: 0\b|(dial tcp|request send failed).{0,200}amazonaws\.com/],
  ['google', 'cloud-unreachable', /(dial tcp|no such host|i\/o timeout).{0,200}googleapis\.com/],
  ['google', 'cloud-unreachable', /googleapis\.com.{0,200}(dial tcp|no such host|i\/o timeout)/],
  [
    'azure',
    'cloud-unreachable',
    /(management\.azure\.com|microsoftonline\.com).{0,200}(dial tcp|no such host|i\/o timeout)/,
  ],
]

/** The refusal that a text tells of; undefined for what is not known. `provider` narrows it to one cloud. */
export function findRefusal(text: string, provider?: CloudName): CloudRefusal | undefined {
  // OpenTofu breaks lines anywhere.
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const row = REFUSALS.find(
    ([cloud, , pattern]) => (provider === undefined || cloud === provider) && pattern.test(line),
  )
  return row === undefined ? undefined : { code: row[1], provider: row[0], reason: essence(line) }
}

/** Without the requests' ids and AWS's sealed explanations, which say nothing to people. */
const essence = (line: string): string =>
  line
    .replaceAll(/ ?(RequestID|HostID): [^ ]*,/g, '')
    .replaceAll(/ ?(Trace|Correlation) ID: \S+/g, '')
    .replace(/ Encoded authorization failure message: \S+/, '')
    .replaceAll(/^(Error: )+/g, '')
