import { describe, expect, test } from '@jest/globals'
import { findRefusal } from '../../../scripts/clouds/refusals.js'

const AWS = 'creating EC2 Instance: operation error EC2: RunInstances, '

/** What the clouds' providers said, wrapped as OpenTofu wraps it. */
const told = [
  [
    'aws',
    'cloud-capacity',
    `${AWS}exceeded maximum number of attempts, 2, https response error StatusCode: 500, RequestID: 1a, api error InsufficientInstanceCapacity: We currently do not have sufficient t3.medium capacity in the Availability Zone you requested (eu-west-1a).`,
  ],
  [
    'aws',
    'cloud-capacity',
    'api error Unsupported: Your requested instance type (t3.micro) is not supported in your requested\nAvailability Zone (us-east-1e).',
  ],
  [
    'aws',
    'cloud-quota',
    `${AWS}https response error StatusCode: 400, RequestID: 1a, api error VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 1 allows`,
  ],
  [
    'aws',
    'cloud-zone-unknown',
    `${AWS}https response error StatusCode: 400, RequestID: 1a, api error InvalidParameterValue: Invalid availability zone: [eu-west-1z]`,
  ],
  [
    'google',
    'cloud-zone-unknown',
    "Error creating instance: googleapi: Error 400: Invalid value for field 'zone': 'europe-west4-z'. Unknown zone., invalid",
  ],
  [
    'azure',
    'cloud-zone-unknown',
    "unexpected status 400 (400 Bad Request) with error: InvalidAvailabilityZone: The zone(s) '3' for resource 'Microsoft.Compute/virtualMachines/x' is not supported.",
  ],
  ['aws', 'cloud-throttled', 'api error RequestLimitExceeded: Request limit exceeded.'],
  [
    'aws',
    'cloud-throttled',
    'RequestThrottledException: The number of API requests has exceeded the maximum',
  ],
  [
    'aws',
    'cloud-throttled',
    'ConcurrentLimitExceededException: You have reached the limit for concurrent API',
  ],
  ['aws', 'cloud-quota', 'ServiceQuotaExceededException: Your current service quotas do not allow you to'],
  [
    'aws',
    'cloud-forbidden',
    'AccessDeniedException: You do not have sufficient access to perform this action.',
  ],
  [
    'aws',
    'cloud-credentials-refused',
    'Retrieving AWS account details: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 1, api error ExpiredToken: The security token included in the request is expired',
  ],
  [
    'aws',
    'cloud-credentials-refused',
    'No valid credential sources found\nPlease see https://registry.terraform.io/providers/hashicorp/aws',
  ],
  [
    'aws',
    'cloud-credentials-refused',
    'exceeded maximum number of attempts, 2, Probable clock skew error: https response error StatusCode: 400, RequestID: 1, api error RequestExpired: Request has expired.',
  ],
  [
    'aws',
    'cloud-region-disabled',
    'StatusCode: 401, RequestID: 1, api error AuthFailure: AWS was not able to validate the provided access credentials',
  ],
  [
    'aws',
    'cloud-forbidden',
    'StatusCode: 403, RequestID: 1, api error UnauthorizedOperation: You are not authorized to perform this operation. User: arn:x is not authorized to perform: ec2:RunInstances',
  ],
  [
    'aws',
    'cloud-image-gone',
    "StatusCode: 400, RequestID: 1, api error InvalidAMIID.NotFound: The image id '[ami-1]' does not exist",
  ],
  [
    'aws',
    'cloud-unreachable',
    'operation error STS: GetCallerIdentity, https response error StatusCode: 0, RequestID: , request send failed, Post "https://sts.eu-west-1.amazonaws.com/": dial tcp: lookup sts.eu-west-1.amazonaws.com: no such host',
  ],
  [
    'google',
    'cloud-capacity',
    "Error waiting for instance to create: The zone 'projects/P/zones/Z' does not have enough resources available to fulfill the request.  Try a different zone, or try again later.",
  ],
  [
    'google',
    'cloud-quota',
    "Error waiting for instance to create: Quota 'CPUS' exceeded.  Limit: 8.0 in region europe-west1.",
  ],
  [
    'google',
    'cloud-credentials-refused',
    'oauth2: "invalid_grant" "reauth related error (invalid_rapt)" "https://support.google.com/a/answer/9368756"',
  ],
  [
    'google',
    'cloud-forbidden',
    "Error creating instance: googleapi: Error 403: Required 'compute.instances.create' permission for 'projects/p/zones/z/instances/lab', forbidden",
  ],
  [
    'google',
    'cloud-quota',
    "googleapi: Error 429: Quota 'IN_USE_ADDRESSES' exceeded.  Limit: 8.0 in region europe-west1., quotaExceeded",
  ],
  [
    'google',
    'cloud-throttled',
    "googleapi: Error 429: Quota exceeded for quota metric 'Queries' and limit 'Queries per minute'",
  ],
  ['google', 'cloud-capacity', 'ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS: The zone does not have them.'],
  [
    'google',
    'cloud-service-disabled',
    'googleapi: Error 403: Compute Engine API has not been used in project 123 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project=123 then retry.',
  ],
  [
    'google',
    'cloud-image-gone',
    "Error resolving image name 'ubuntu-os-cloud/nope': Could not find image or family ubuntu-os-cloud/nope",
  ],
  [
    'azure',
    'cloud-capacity',
    "unexpected status 409 (409 Conflict) with error: SkuNotAvailable: The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: Standard_B2s' is currently not available in location 'eastus'.",
  ],
  [
    'azure',
    'cloud-capacity',
    'polling after CreateOrUpdate: polling failed: the Azure API returned the following error:\n\nStatus: "OverconstrainedZonalAllocationRequest"\nCode: ""',
  ],
  [
    'azure',
    'cloud-quota',
    'unexpected status 409 (409 Conflict) with error: OperationNotAllowed: Operation could not be completed as it results in exceeding approved Total Regional Cores quota.',
  ],
  [
    'azure',
    'cloud-credentials-refused',
    "building account: could not acquire access token to parse claims: running Azure CLI: exit status 1: ERROR: Please run 'az login' to setup account.",
  ],
  [
    'azure',
    'cloud-forbidden',
    "unexpected status 403 (403 Forbidden) with error: AuthorizationFailed: The client 'x' does not have authorization to perform action 'Microsoft.Compute/virtualMachines/write'",
  ],
  ['azure', 'cloud-quota', 'QuotaExceeded: The number of public IP addresses in the region is exceeded.'],
  [
    'azure',
    'cloud-service-disabled',
    "unexpected status 409 (409 Conflict) with error: MissingSubscriptionRegistration: The subscription is not registered to use namespace 'Microsoft.DevTestLab'.",
  ],
  [
    'azure',
    'cloud-terms',
    'MarketplacePurchaseEligibilityFailed: Marketplace purchase eligibilty check returned errors.',
  ],
  [
    'azure',
    'cloud-terms',
    "ResourcePurchaseValidationFailed: User failed validation to purchase resources. Error message: 'Legal terms have not been accepted for this item",
  ],
] as const

describe('a refusal of a cloud', () => {
  test.each(told)('of %s is known for %s', (provider, code, text) => {
    expect(findRefusal(text)).toMatchObject({ provider, code })
    expect(findRefusal(text, provider)).toMatchObject({ provider, code })
  })

  test('is told without the ids of requests', () => {
    expect(findRefusal(told[0][2])?.reason).not.toContain('RequestID')
  })

  test('of another cloud than the one that was asked is none', () => {
    expect(findRefusal(told[0][2], 'google')).toBeUndefined()
  })

  test.each(['local-exec provisioner error: exit status 1', 'No space left on device', ''])(
    'is not seen in "%s"',
    (text) => expect(findRefusal(text)).toBeUndefined(),
  )
})
