import type { Refusals } from '../refusal-row.js'

/**
 * Codes: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
 * and https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/error-messages. Azure answers
 * 409 for quota, capacity and locks alike, and `OperationNotAllowed` for several; the words decide. Rows with
 * words only come last, because texts also contain names that people chose.
 */
export const azureRefusals: Refusals = {
  voice:
    /unexpected status \d{3}|Azure API|AzureCli|\bARM\b|AADSTS\d|azurerm|azure\.com|\baz login|Microsoft\.\w+\/|\(Subscription: "|-- Original Error: /,
  codesIn,
  rows: [
    {
      is: 'cloud-throttled',
      codes: [
        'TooManyRequests',
        'SubscriptionRequestsThrottled',
        'ResourceRequestsThrottled',
        'OperationThrottled',
      ],
    },
    {
      is: 'cloud-credentials-refused',
      codes: [
        ...['ExpiredAuthenticationToken', 'InvalidAuthenticationToken', 'InvalidAuthenticationTokenTenant'],
        ...['AuthenticationFailed', 'SubscriptionNotFound', 'InvalidSubscriptionId'],
      ],
    },
    {
      is: 'cloud-terms',
      codes: [
        ...['ResourcePurchaseValidationFailed', 'MarketplacePurchaseEligibilityFailed'],
        'VMMarketplaceInvalidInput',
      ],
    },
    {
      is: 'cloud-account',
      codes: ['ReadOnlyDisabledSubscription'],
    },
    {
      is: 'cloud-service-disabled',
      codes: [
        ...['MissingSubscriptionRegistration', 'MissingRegistrationForLocation', 'NoRegisteredProviderFound'],
        ...['SubscriptionNotRegistered', 'SubscriptionNotRegisteredForFeature'],
        'InvalidSubscriptionRegistrationState',
      ],
    },
    {
      is: 'cloud-policy',
      codes: ['RequestDisallowedByPolicy', 'DenyAssignmentAuthorizationFailed', 'PolicyViolation'],
    },
    {
      is: 'cloud-zone-unknown',
      codes: [
        'InvalidAvailabilityZone',
        'AvailabilityZoneNotSupported',
        'LocationNotSupportAvailabilityZones',
      ],
    },
    {
      is: 'cloud-not-offered',
      codes: [
        ...['RequestDisallowedByAzure', 'RegionDoesNotAllowProvisioning', 'NotAvailableForSubscription'],
        ...['LocationNotAvailableForResourceType', 'LocationNotAvailableForResourceGroup'],
      ],
    },
    {
      is: 'cloud-not-offered',
      codes: ['InvalidParameter', 'BadRequest', 'OperationNotAllowed'],
      words: ['requested VM size …… is invalid', 'VM size …… cannot boot', 'VM size …… not supported'],
    },
    {
      is: 'cloud-image-gone',
      codes: ['InvalidParameter'],
      words: ['images referenced from the deployment template are not found'],
    },
    {
      is: 'cloud-image-gone',
      codes: [
        ...['PlatformImageNotFound', 'ImageNotFound', 'GalleryImageNotFound', 'GalleryImageVersionNotFound'],
        ...['ImageVersionDeprecated', 'ImageDeprecated'],
      ],
    },
    { is: 'cloud-quota', codes: ['OperationNotAllowed'], words: ['quota'] },
    {
      is: 'cloud-quota',
      codes: [
        'QuotaExceeded',
        '…QuotaExceeded',
        'PublicIPCountLimitReached',
        '…LimitReached',
        'MaxStorageAccountsCountPerSubscriptionExceeded',
      ],
    },
    {
      is: 'cloud-capacity',
      codes: [
        ...[
          'SkuNotAvailable',
          'AllocationFailed',
          'ZonalAllocationFailed',
          'OverconstrainedAllocationRequest',
        ],
        'OverconstrainedZonalAllocationRequest',
      ],
    },
    {
      is: 'cloud-network',
      codes: [
        'SubnetIsFull',
        'NetcfgInvalidSubnet',
        'NetcfgSubnetRangesOverlap',
        'PrivateIPAddressNotInSubnet',
        'SubnetNotFound',
      ],
    },
    {
      is: 'cloud-network',
      codes: ['InvalidResourceReference', 'ResourceNotFound', 'NotFound'],
      words: ['Microsoft.Network/virtualNetworks/'],
    },
    {
      is: 'cloud-exists',
      codes: ['…AlreadyExists', '…AlreadyTaken', 'ResourceExistsInAnotherLocation'],
    },
    { is: 'cloud-exists', codes: ['Conflict'], words: ['already exists'] },
    {
      is: 'cloud-in-use',
      codes: ['ScopeLocked', '…CannotBeDeleted', 'NicInUse', '…InUse', 'CannotDeleteResource'],
    },
    {
      is: 'cloud-in-use',
      codes: ['OperationNotAllowed', 'Conflict'],
      words: ['is attached to VM', 'is currently in use', 'is in use by', 'since it is attached'],
    },
    {
      is: 'cloud-not-ready',
      codes: [
        ...['AnotherOperationInProgress', 'RetryableError', 'RetryableErrorDueToAnotherOperation'],
        ...['OperationPreempted', 'OperationPreemptedByOtherOperation', 'ReferencedResourceNotProvisioned'],
        ...[
          'ResourceGroupBeingDeleted',
          'ResourceGroupNotFound',
          'ParentResourceNotFound',
          'ServerBusy',
          'DeletionInProgress',
        ],
        ...[
          'DeploymentActiveAndUneditable',
          'AttachDiskWhileBeingDetached',
          'StorageAccountOperationInProgress',
        ],
        ...['InternalServerError', 'InternalExecutionError', 'NetworkingInternalOperationError'],
        ...['ServiceUnavailable', 'ServerTimeout', 'GatewayTimeout', 'StorageAccountIsNotProvisioned'],
      ],
    },
    {
      is: 'cloud-forbidden',
      codes: ['AuthorizationFailed', 'LinkedAuthorizationFailed', 'AuthorizationPermissionMismatch'],
    },
    {
      is: 'cloud-credentials-refused',
      words: [
        ...[
          'AADSTS…',
          'could not acquire access token',
          'could not configure AzureCli Authorizer',
          'az login',
        ],
        'unexpected status 401',
      ],
    },
    { is: 'cloud-service-disabled', words: ['not registered to use namespace'] },
    { is: 'cloud-exists', words: ['already exists - to be managed via'] },
    { is: 'cloud-in-use', words: ['the Resource Group still contains Resources'] },
    {
      is: 'cloud-unreachable',
      words: [
        ...[
          'dial tcp……management.azure.com',
          'management.azure.com……dial tcp',
          'management.azure.com……i/o timeout',
        ],
        ...[
          'dial tcp……microsoftonline.com',
          'microsoftonline.com……dial tcp',
          'management.azure.com……no such host',
        ],
        'microsoftonline.com……no such host',
      ],
    },
    { is: 'cloud-throttled', words: ['unexpected status 429'] },
    { is: 'cloud-forbidden', words: ['unexpected status 403', 'does not have authorization to perform'] },
    {
      is: 'cloud-not-ready',
      words: [
        'unexpected status 500',
        'unexpected status 502',
        'unexpected status 503',
        'unexpected status 504',
      ],
    },
  ],
}

/**
 * Where azurerm writes Azure's codes, its pollers (there the code of a result is its status), and Azure's own
 * answers.
 */
const CODES = [
  /\bwith error: (\w+):/g,
  /\b(?:Status|Code)[:=] ?"(\w+)"/g,
  /(?<!\\)"code": ?"(\w+)"/g,
  /^([A-Z]\w+): /g,
]

function codesIn(text: string): readonly string[] {
  return CODES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code = '']) => code))
}
