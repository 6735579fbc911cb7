import type { Refusals } from '../refusal-row.js'

/**
 * Codes: https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-vm-creation,
 * https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-bulk-vm-creation and
 * https://cloud.google.com/resource-manager/docs/organization-policy/troubleshooting-policies. OpenTofu's
 * provider omits the code of an operation (`compute_operation.go`), so only the sentence is known there.
 * Google answers 403 to many things, so that row comes last.
 */
export const googleRefusals: Refusals = {
  voice:
    /googleapi|googleapis\.com|google: |oauth2: |\bprojects\/[^/\s]+\/|Error waiting for|image or family|Quota '\w+' exceeded/,
  codesIn,
  rows: [
    { is: 'cloud-quota', words: ["Quota '…' exceeded", "Exceeded limit '…'"] },
    {
      is: 'cloud-throttled',
      codes: [
        'rateLimitExceeded',
        'userRateLimitExceeded',
        'RATE_LIMIT_EXCEEDED',
        'RESOURCE_OPERATION_RATE_EXCEEDED',
      ],
    },
    { is: 'cloud-throttled', words: ['googleapi: Error 429'] },
    {
      is: 'cloud-credentials-refused',
      words: [
        ...['could not find default credentials', 'invalid_grant', 'invalid_rapt', 'rapt_required'],
        ...['invalid authentication credentials', 'Error 401'],
      ],
    },
    {
      is: 'cloud-account',
      codes: [
        ...['BILLING_DISABLED', 'UREQ_PROJECT_BILLING_NOT_FOUND', 'UREQ_PROJECT_BILLING_NOT_OPEN'],
        ...['CONSUMER_SUSPENDED', 'accountDisabled'],
      ],
    },
    {
      is: 'cloud-account',
      words: [
        ...['requires billing to be enabled', 'billing account …… is disabled', 'billing is disabled'],
        ...['absent billing account', "Consumer '……' has been suspended", 'billing to be enabled'],
      ],
    },
    // Before everything else that Google answers with 403.
    {
      is: 'cloud-service-disabled',
      codes: ['accessNotConfigured', 'SERVICE_DISABLED'],
    },
    {
      is: 'cloud-service-disabled',
      words: ['has not been used in project … before or it is disabled'],
    },
    {
      is: 'cloud-policy',
      words: [
        ['Constraint constraints/…', 'constraints/… violated', 'customConstraints/custom.…'],
        ['denied by org policy', "prohibited by organization's policy", 'organization policy'],
      ].flat(),
    },
    {
      is: 'cloud-zone-unknown',
      words: [
        ...["Invalid value for field 'zone'", 'Unknown zone', "projects/…/zones/…' was not found"],
        ...["projects/…/regions/…' was not found", "Permission denied on 'locations/…'"],
      ],
    },
    {
      is: 'cloud-capacity',
      codes: [
        ...['ZONE_RESOURCE_POOL_EXHAUSTED', 'ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS'],
        ...['REGION_RESOURCE_POOL_EXHAUSTED', 'insufficientCapacity', 'resourcePoolExhausted'],
      ],
    },
    {
      is: 'cloud-capacity',
      words: ['does not have enough resources available', 'is currently unavailable in the … zone'],
    },
    {
      is: 'cloud-not-offered',
      words: [
        ...["Invalid value for field 'resource.machineType'", "machineTypes/…' was not found"],
        ...["does not exist in zone '…'", 'is not available in zone', 'is not supported in zone'],
      ],
    },
    { is: 'cloud-not-offered', codes: ['UNSUPPORTED_OPERATION'] },
    {
      is: 'cloud-image-gone',
      words: [
        ...['Could not find image or family', "global/images/…' was not found"],
        ...["Required 'compute.images.useReadOnly' permission", "global/images/family/…' was not found"],
      ],
    },
    {
      is: 'cloud-network',
      words: [
        ...["global/networks/…' was not found", "subnetworks/…' was not found"],
        ...[
          'The referenced network resource cannot be found',
          'The referenced subnetwork resource cannot be found',
        ],
        ...['if the network resource is in custom subnet mode', 'conflicts with existing subnetwork'],
        "IP space of '……' is exhausted",
      ],
    },
    { is: 'cloud-network', codes: ['IP_SPACE_EXHAUSTED', 'IP_SPACE_EXHAUSTED_WITH_DETAILS'] },
    { is: 'cloud-exists', codes: ['alreadyExists', 'ALREADY_EXISTS', 'RESOURCE_ALREADY_EXISTS'] },
    { is: 'cloud-exists', words: ["The resource '……' already exists"] },
    {
      is: 'cloud-in-use',
      codes: ['resourceInUseByAnotherResource', 'RESOURCE_IN_USE_BY_ANOTHER_RESOURCE', 'resourceInUse'],
    },
    {
      is: 'cloud-in-use',
      words: ["is already being used by '……'", 'protected against deletion'],
    },
    {
      is: 'cloud-quota',
      codes: ['QUOTA_EXCEEDED', 'quotaExceeded', 'RESOURCE_QUOTA_EXCEEDED', 'LIMIT_EXCEEDED'],
    },
    {
      is: 'cloud-not-ready',
      codes: [
        ...['resourceNotReady', 'RESOURCE_NOT_READY', 'backendError', 'internalError', 'INTERNAL_ERROR'],
        ...['UNAVAILABLE', 'ABORTED', 'operationInProgress'],
      ],
    },
    {
      is: 'cloud-not-ready',
      words: [
        ...["The resource '……' is not ready", 'Internal error. Please try again', 'googleapi: Error 500'],
        ...['googleapi: Error 502', 'googleapi: Error 503', 'googleapi: Error 504'],
      ],
    },
    {
      is: 'cloud-forbidden',
      words: ["Required '…' permission", "Permission '…' denied", 'googleapi: Error 403'],
    },
    {
      is: 'cloud-unreachable',
      words: [
        ...['dial tcp……googleapis.com', 'no such host……googleapis.com', 'i/o timeout……googleapis.com'],
        ...['googleapis.com……dial tcp', 'googleapis.com……no such host', 'googleapis.com……i/o timeout'],
      ],
    },
  ],
}

/** Where Google's Go client writes the reasons of an answer, and `CODE: words` of an operation. */
const CODES = [
  /^([A-Z][A-Z_]+): /g,
  /, (\w+)(?=$|,| Details:)/g,
  /\bReason: (\w+), Message:/g,
  /(?<!\\)"reason": ?"(\w+)"/g,
]

function codesIn(text: string): readonly string[] {
  return CODES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code = '']) => code))
}
