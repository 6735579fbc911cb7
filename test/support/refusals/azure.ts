import type { Said } from './said.js'

const VM =
  'Error: creating Linux Virtual Machine (Subscription: "0a1b" Resource Group Name: "distrolab-6445da26-web" Virtual Machine Name: "main"): performing CreateOrUpdate: '
const NETWORK =
  'Error: creating Virtual Network (Subscription: "0a1b" Resource Group Name: "distrolab-6445da26-web" Virtual Network Name: "web"): performing CreateOrUpdate: '
const answered = (status: string, error: string): string => `unexpected status ${status} with error: ${error}`
const vm = (error: string, status = '409 (409 Conflict)'): string => `${VM}${answered(status, error)}`
const BAD = '400 (400 Bad Request)'
const FORBIDDEN = '403 (403 Forbidden)'
const polled = (code: string, message: string): string =>
  `${VM.replace('performing CreateOrUpdate: ', '')}polling after CreateOrUpdate: polling failed: the Azure API returned the following error:\n\nStatus: "${code}"\nCode: ""\nMessage: "${message}"\nActivity Id: ""\n\n---\n\nAPI Response:\n\n----[start]----\n{"status":"Failed"}\n-----[end]-----\n`

/** As OpenTofu's provider wraps it. */
export const saidByAzure: readonly Said[] = [
  // No room there, or not there at all.
  [
    'cloud-capacity',
    vm(
      "SkuNotAvailable: The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: Standard_B2s' is currently not available in location 'eastus'. Please try another size or deploy to a different location or different zone. See https://aka.ms/azureskunotavailable for details.",
    ),
  ],
  [
    'cloud-capacity',
    polled(
      'AllocationFailed',
      'Allocation failed. We do not have sufficient capacity for the requested VM size in this region.',
    ),
  ],
  [
    'cloud-capacity',
    polled(
      'ZonalAllocationFailed',
      'Allocation failed. We do not have sufficient capacity for the requested VM size in this zone.',
    ),
  ],
  [
    'cloud-capacity',
    polled(
      'OverconstrainedAllocationRequest',
      'Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is too restrictive.',
    ),
  ],
  [
    'cloud-capacity',
    polled(
      'OverconstrainedZonalAllocationRequest',
      'Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is too restrictive.',
    ),
  ],
  [
    'cloud-not-offered',
    `${NETWORK}${answered(FORBIDDEN, "RequestDisallowedByAzure: Resource 'web' was disallowed by Azure: The selected region is currently not accepting new customers. For more information: https://aka.ms/locationineligible.")}`,
  ],
  [
    'cloud-not-offered',
    vm(
      "RegionDoesNotAllowProvisioning: Location 'West Europe' is not accepting creation of new resources for the subscription.",
    ),
  ],
  [
    'cloud-not-offered',
    `Error: creating Resource Group "web": ${answered(BAD, "LocationNotAvailableForResourceGroup: The provided location 'nowhere' is not available for resource group.")}`,
  ],
  [
    'cloud-not-offered',
    vm(
      "LocationNotAvailableForResourceType: The provided location 'brazilsoutheast' is not available for resource type 'Microsoft.Compute/virtualMachines'.",
      BAD,
    ),
  ],
  [
    'cloud-not-offered',
    vm(
      'NotAvailableForSubscription: This size is currently unavailable in location for this subscription: NotAvailableForSubscription.',
    ),
  ],
  [
    'cloud-not-offered',
    vm(
      'InvalidParameter: The requested VM size Standard_B2s_v9 is invalid. The valid sizes are: Standard_B2s.',
      BAD,
    ),
  ],
  [
    'cloud-not-offered',
    vm("BadRequest: The selected VM size 'Standard_B2pls_v2' cannot boot Hypervisor Generation '1'.", BAD),
  ],
  [
    'cloud-zone-unknown',
    vm(
      "InvalidAvailabilityZone: The zone(s) '3' for resource 'Microsoft.Compute/virtualMachines/main' is not supported.",
      BAD,
    ),
  ],
  [
    'cloud-zone-unknown',
    vm(
      "LocationNotSupportAvailabilityZones: The resource 'Microsoft.Network/publicIPAddresses/web' does not support availability zones at location 'westus'.",
      BAD,
    ),
  ],
  [
    'cloud-zone-unknown',
    vm(
      "AvailabilityZoneNotSupported: The zone(s) '3' for resource is not supported in location 'westus3'.",
      BAD,
    ),
  ],
  // Limits of the subscription.
  [
    'cloud-quota',
    vm(
      'OperationNotAllowed: Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: KoreaSouth, Current Limit: 50, Current Usage: 50, Additional Required: 2, (Minimum) New Limit Required: 52.',
    ),
  ],
  [
    'cloud-quota',
    vm(
      'OperationNotAllowed: Operation could not be completed as it results in exceeding approved standardBasv2Family Cores quota. Additional details - Current Limit: 0.',
    ),
  ],
  [
    'cloud-quota',
    vm(
      'OperationNotAllowed: Operation could not be completed as it results in exceeding approved LowPriorityCores quota.',
    ),
  ],
  [
    'cloud-quota',
    vm('QuotaExceeded: Operation could not be completed as it results in exceeding approved quota.'),
  ],
  ['cloud-quota', vm('ResourceQuotaExceeded: The number of resources of this type has reached its limit.')],
  [
    'cloud-quota',
    `Error: creating Public I P Address (Subscription: "0a1b"): performing CreateOrUpdate: ${answered(BAD, 'PublicIPCountLimitReached: Cannot create more than 10 public IP addresses for this subscription in this region.')}`,
  ],
  [
    'cloud-quota',
    `Error: creating Public I P Address (Subscription: "0a1b"): performing CreateOrUpdate: ${answered(BAD, 'IPv4StandardSkuPublicIpCountLimitReached: Cannot create more than 3 IPv4 Standard SKU public IP addresses for this subscription in this region.')}`,
  ],
  [
    'cloud-quota',
    `Error: creating Storage Account: ${answered('409 (409 Conflict)', 'MaxStorageAccountsCountPerSubscriptionExceeded: Subscription already contains 250 storage accounts in location westeurope and the maximum allowed is 250.')}`,
  ],
  // Networks.
  [
    'cloud-network',
    vm(
      'SubnetIsFull: Subnet lab with address prefix 10.0.0.0/29 does not have enough capacity for 1 IP addresses.',
      BAD,
    ),
  ],
  [
    'cloud-network',
    `${NETWORK}${answered(BAD, "NetcfgInvalidSubnet: Subnet 'lab' is not valid in virtual network 'web'.")}`,
  ],
  [
    'cloud-network',
    `${NETWORK}${answered(BAD, "NetcfgSubnetRangesOverlap: Subnet 'lab' is not valid because its IP address range overlaps with that of an existing subnet in virtual network 'team'.")}`,
  ],
  [
    'cloud-network',
    vm(
      'InvalidResourceReference: Resource /subscriptions/0a1b/resourceGroups/team/providers/Microsoft.Network/virtualNetworks/team/subnets/default referenced by resource was not found.',
      BAD,
    ),
  ],
  // Rules and rights.
  [
    'cloud-policy',
    `Error: creating Resource Group "web": ${answered(FORBIDDEN, 'RequestDisallowedByPolicy: Resource \'web\' was disallowed by policy. Policy identifiers: \'[{"policyAssignment":{"name":"Require a costCenter tag","id":"/subscriptions/0a1b/providers/Microsoft.Authorization/policyAssignments/1111"}}]\'.')}`,
  ],
  [
    'cloud-policy',
    vm(
      "DenyAssignmentAuthorizationFailed: The client 'anna' with object id 'x' has permission to perform action 'Microsoft.Compute/virtualMachines/write'; however, the access is denied because of the deny assignment with name 'managed' and Id 'y'.",
      FORBIDDEN,
    ),
  ],
  [
    'cloud-forbidden',
    vm(
      "AuthorizationFailed: The client 'anna' with object id 'x' does not have authorization to perform action 'Microsoft.Compute/virtualMachines/write' over scope '/subscriptions/0a1b' or the scope is invalid. If access was recently granted, please refresh your credentials.",
      FORBIDDEN,
    ),
  ],
  [
    'cloud-forbidden',
    vm(
      "LinkedAuthorizationFailed: The client 'anna' has permission to perform action 'Microsoft.Network/networkInterfaces/write', but not on the linked scope(s).",
      FORBIDDEN,
    ),
  ],
  // Accounts and credentials.
  [
    'cloud-account',
    vm(
      "ReadOnlyDisabledSubscription: The subscription '0a1b' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.",
    ),
  ],
  [
    'cloud-service-disabled',
    vm(
      "MissingSubscriptionRegistration: The subscription is not registered to use namespace 'Microsoft.Compute'. See https://aka.ms/rps-not-found for how to register subscriptions.",
    ),
  ],
  [
    'cloud-service-disabled',
    vm(
      "NoRegisteredProviderFound: No registered resource provider found for location 'nowhere' and API version '2024-03-01' for type 'virtualMachines'.",
      BAD,
    ),
  ],
  [
    'cloud-service-disabled',
    vm(
      'SubscriptionNotRegisteredForFeature: Subscription 0a1b is not registered for feature Microsoft.Compute/EncryptionAtHost.',
      BAD,
    ),
  ],
  [
    'cloud-credentials-refused',
    "Error: building account: could not acquire access token to parse claims: running Azure CLI: exit status 1: ERROR: Please run 'az login' to setup account.",
  ],
  [
    'cloud-credentials-refused',
    'Error: unable to build authorizer for Resource Manager API: could not configure AzureCli Authorizer: launching Azure CLI: exec: "az": executable file not found in $PATH',
  ],
  [
    'cloud-credentials-refused',
    'Error: building account: AADSTS700082: The refresh token has expired due to inactivity.',
  ],
  [
    'cloud-credentials-refused',
    vm(
      'ExpiredAuthenticationToken: The access token expiry UTC time is earlier than current UTC time.',
      '401 (401 Unauthorized)',
    ),
  ],
  [
    'cloud-credentials-refused',
    vm("SubscriptionNotFound: The subscription '0a1b' could not be found.", '404 (404 Not Found)'),
  ],
  // Images.
  [
    'cloud-terms',
    vm(
      "ResourcePurchaseValidationFailed: User failed validation to purchase resources. Error message: 'Legal terms have not been accepted for this item on this subscription: 0a1b.'",
      BAD,
    ),
  ],
  [
    'cloud-terms',
    vm('MarketplacePurchaseEligibilityFailed: Marketplace purchase eligibilty check returned errors.', BAD),
  ],
  [
    'cloud-terms',
    polled(
      'VMMarketplaceInvalidInput',
      'Creating a virtual machine from Marketplace image or a custom image sourced from a Marketplace image requires Plan information in the request.',
    ),
  ],
  [
    'cloud-image-gone',
    vm(
      "PlatformImageNotFound: The platform image 'Canonical:ubuntu-24_04-lts:server:latest' is not available. Verify that all fields in the storage profile are correct.",
      '404 (404 Not Found)',
    ),
  ],
  [
    'cloud-image-gone',
    vm(
      'InvalidParameter: The following list of images referenced from the deployment template are not found: Publisher: Canonical, Offer: x, Sku: y, Version: latest.',
      BAD,
    ),
  ],
  [
    'cloud-image-gone',
    vm(
      'ImageVersionDeprecated: VM Image from publisher: Canonical with - Offer: x, Sku: y, Version: 1 is deprecated.',
      BAD,
    ),
  ],
  [
    'cloud-image-gone',
    vm(
      'GalleryImageNotFound: The gallery image /subscriptions/0a1b/x is not available in westeurope region.',
      '404 (404 Not Found)',
    ),
  ],
  // There already, or held.
  [
    'cloud-exists',
    'Error: A resource with the ID "/subscriptions/0a1b/resourceGroups/distrolab-6445da26-web" already exists - to be managed via Terraform this resource needs to be imported into the State. Please see the resource documentation for "azurerm_resource_group" for more information.',
  ],
  [
    'cloud-exists',
    `Error: creating Storage Account: ${answered('409 (409 Conflict)', 'StorageAccountAlreadyTaken: The storage account named labdisks is already taken.')}`,
  ],
  [
    'cloud-exists',
    `Error: creating Storage Account: ${answered('409 (409 Conflict)', 'StorageAccountAlreadyExists: The storage account named labdisks already exists under the subscription.')}`,
  ],
  [
    'cloud-in-use',
    `Error: deleting Resource Group "distrolab-6445da26-web": performing Delete: ${answered('409 (409 Conflict)', "ScopeLocked: The scope '/subscriptions/0a1b/resourcegroups/distrolab-6445da26-web' cannot perform delete operation because following scope(s) are locked: '/subscriptions/0a1b/resourceGroups/distrolab-6445da26-web'. Please remove the lock and try again.")}`,
  ],
  [
    'cloud-in-use',
    `Error: deleting Subnet (Subscription: "0a1b"): performing Delete: ${answered(BAD, 'InUseSubnetCannotBeDeleted: Subnet lab is in use by /subscriptions/0a1b/x and cannot be deleted.')}`,
  ],
  [
    'cloud-in-use',
    `Error: deleting Public I P Address (Subscription: "0a1b"): performing Delete: ${answered(BAD, 'PublicIPAddressCannotBeDeleted: Public IP address /subscriptions/0a1b/x can not be deleted since it is still allocated to resource y.')}`,
  ],
  [
    'cloud-in-use',
    'Error: deleting Resource Group "distrolab-6445da26-web": the Resource Group still contains Resources.\n\nTerraform is configured to check for Resources within the Resource Group when deleting the Resource Group (azurerm)',
  ],
  [
    'cloud-in-use',
    `Error: deleting Managed Disk (Subscription: "0a1b"): performing Delete: ${answered('409 (409 Conflict)', 'OperationNotAllowed: Disk main is attached to VM /subscriptions/0a1b/x.')}`,
  ],
  // Passing.
  [
    'cloud-throttled',
    vm(
      'TooManyRequests: The request is being throttled as the limit has been reached for operation type.',
      '429 (429 Too Many Requests)',
    ),
  ],
  ['cloud-throttled', `${VM}unexpected status 429 (429 Too Many Requests) with response: {}`],
  [
    'cloud-not-ready',
    `${NETWORK}${answered('409 (409 Conflict)', 'AnotherOperationInProgress: Another operation on this or dependent resource is in progress.')}`,
  ],
  [
    'cloud-not-ready',
    `${NETWORK}${answered('429 (429 Too Many Requests)', 'RetryableError: A retryable error occurred.')}`,
  ],
  [
    'cloud-not-ready',
    vm(
      "ResourceGroupBeingDeleted: The resource group 'distrolab-6445da26-web' is in deprovisioning state and cannot perform this operation.",
    ),
  ],
  [
    'cloud-not-ready',
    vm(
      "ResourceGroupNotFound: Resource group 'distrolab-6445da26-web' could not be found.",
      '404 (404 Not Found)',
    ),
  ],
  [
    'cloud-not-ready',
    vm(
      'ReferencedResourceNotProvisioned: Cannot proceed with operation because resource used by resource is not in Succeeded state.',
    ),
  ],
  ['cloud-not-ready', vm('InternalServerError: An error occurred.', '500 (500 Internal Server Error)')],
  ['cloud-not-ready', `${VM}unexpected status 503 (503 Service Unavailable) with response: `],
  [
    'cloud-not-ready',
    polled('OperationPreempted', 'Operation execution has been preempted by a more recent operation.'),
  ],
]

/** As Azure answers us; `code: message`, before which its status is put. */
export const toldByAzure: readonly Said[] = [
  ['cloud-quota', 'QuotaExceeded: The number of public IP addresses in the region is exceeded.'],
  [
    'cloud-terms',
    'MarketplacePurchaseEligibilityFailed: Marketplace purchase eligibilty check returned errors.',
  ],
  [
    'cloud-forbidden',
    'AuthorizationPermissionMismatch: This request is not authorized to perform this operation using this permission.',
  ],
]
