import type { Said } from './said.js'

const CREATE = 'Error: Error creating instance: googleapi: Error'
const WAIT = 'Error: Error waiting for instance to create: '
const VM = 'projects/p/zones/europe-west4-a/instances/distrolab-6445da26-web-main'

/** As OpenTofu's provider wraps it. */
export const saidByGoogle: readonly Said[] = [
  // No room there, or not there at all.
  [
    'cloud-capacity',
    `${WAIT}The zone 'projects/p/zones/europe-west4-a' does not have enough resources available to fulfill the request.  Try a different zone, or try again later.`,
  ],
  [
    'cloud-capacity',
    `${WAIT}The zone 'projects/p/zones/europe-west4-a' does not have enough resources available to fulfill the request.  '(resource type:compute)'.`,
  ],
  [
    'cloud-capacity',
    `${WAIT}A e2-medium VM instance is currently unavailable in the europe-west4-a zone. Consider trying your request in the europe-west4-b, europe-west4-c zone(s), which currently has capacity to accommodate your request.`,
  ],
  ['cloud-capacity', `${CREATE} 503: The region has insufficient capacity., insufficientCapacity`],
  [
    'cloud-not-offered',
    `${CREATE} 400: Invalid value for field 'resource.machineType': 'zones/europe-west4-a/machineTypes/t2a-standard-1'. Machine type with name 't2a-standard-1' does not exist in zone 'europe-west4-a'., invalid`,
  ],
  [
    'cloud-not-offered',
    `Error: Error creating instance: googleapi: Error 404: The resource 'projects/p/zones/europe-west4-a/machineTypes/e9-medium' was not found, notFound`,
  ],
  [
    'cloud-zone-unknown',
    `${CREATE} 400: Invalid value for field 'zone': 'europe-west4-z'. Unknown zone., invalid`,
  ],
  [
    'cloud-zone-unknown',
    `${CREATE} 404: The resource 'projects/p/zones/europe-west4-z' was not found, notFound`,
  ],
  [
    'cloud-zone-unknown',
    `${CREATE} 403: Permission denied on 'locations/europe-west4-z' (or it may not exist)., forbidden`,
  ],
  [
    'cloud-zone-unknown',
    `Error: Error creating Subnetwork: googleapi: Error 404: The resource 'projects/p/regions/europe-west99' was not found, notFound`,
  ],
  // Limits of the project.
  [
    'cloud-quota',
    `${WAIT}Quota 'CPUS' exceeded.  Limit: 8.0 in region europe-west1.\n\tmetric name = compute.googleapis.com/cpus\n\tlimit name = CPUS-per-project-region\n\tlimit = 8\n\tdimensions = map[region:europe-west1]`,
  ],
  ['cloud-quota', `${WAIT}Quota 'CPUS_ALL_REGIONS' exceeded.  Limit: 12.0 globally.`],
  [
    'cloud-quota',
    `${CREATE} 403: Quota 'IN_USE_ADDRESSES' exceeded.  Limit: 4.0 in region europe-west1., quotaExceeded`,
  ],
  [
    'cloud-quota',
    `googleapi: Error 429: Quota 'IN_USE_ADDRESSES' exceeded.  Limit: 8.0 in region europe-west1., quotaExceeded`,
  ],
  [
    'cloud-quota',
    `Error: Error creating Network: googleapi: Error 403: Quota 'NETWORKS' exceeded.  Limit: 5.0 globally., quotaExceeded`,
  ],
  [
    'cloud-quota',
    `Error: Error creating Firewall: googleapi: Error 403: Quota 'FIREWALLS' exceeded.  Limit: 100.0 globally., quotaExceeded`,
  ],
  ['cloud-quota', `${WAIT}Quota 'SSD_TOTAL_GB' exceeded.  Limit: 250.0 in region europe-west1.`],
  [
    'cloud-quota',
    `Error: Error creating Image: googleapi: Error 403: Exceeded limit 'images-per-family' on resource 'x'., limitExceeded`,
  ],
  // Networks.
  [
    'cloud-network',
    `${CREATE} 404: The resource 'projects/p/global/networks/default' was not found, notFound`,
  ],
  [
    'cloud-network',
    `Error: Error creating Firewall: googleapi: Error 404: The resource 'projects/p/global/networks/default' was not found, notFound`,
  ],
  [
    'cloud-network',
    `${CREATE} 400: Invalid value for field 'resource.networkInterfaces[0].network': 'https://www.googleapis.com/compute/v1/projects/p/global/networks/default'. The referenced network resource cannot be found., invalid`,
  ],
  [
    'cloud-network',
    `${CREATE} 400: Invalid value for field 'resource.networkInterfaces[0].subnetwork': ''. Network interface must specify a subnet if the network resource is in custom subnet mode., invalid`,
  ],
  [
    'cloud-network',
    `${CREATE} 400: Invalid value for field 'resource.networkInterfaces[0].subnetwork': 'regions/europe-west4/subnetworks/lab'. The referenced subnetwork resource cannot be found., invalid`,
  ],
  [
    'cloud-network',
    `${CREATE} 404: The resource 'projects/p/regions/europe-west4/subnetworks/lab' was not found, notFound`,
  ],
  ['cloud-network', `${WAIT}IP space of 'projects/p/regions/europe-west4/subnetworks/lab' is exhausted.`],
  [
    'cloud-network',
    `Error: Error waiting to create Subnetwork: Error waiting for Creating Subnetwork: Invalid IPCidrRange: 10.0.0.0/24 conflicts with existing subnetwork 'team' in region 'europe-west4'.`,
  ],
  // Rules and rights.
  [
    'cloud-policy',
    `${CREATE} 412: Constraint constraints/compute.vmExternalIpAccess violated for project 123. Add instance ${VM} to the constraint to use external IP with it., conditionNotMet`,
  ],
  [
    'cloud-policy',
    `${WAIT}Constraint constraints/compute.requireShieldedVm violated for project projects/p. Secure Boot is not enabled in the 'shielded_instance_config' field.`,
  ],
  [
    'cloud-policy',
    `${CREATE} 412: Location europe-west4-a violates constraint constraints/gcp.resourceLocations on the resource ${VM}., conditionNotMet`,
  ],
  [
    'cloud-policy',
    `${CREATE} 412: Operation denied by org policy on resource '${VM}': ["customConstraints/custom.requireCostCenter": "labels are required"]., conditionNotMet`,
  ],
  [
    'cloud-policy',
    `Error: Error creating Network: googleapi: Error 403: Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: x., forbidden`,
  ],
  ['cloud-forbidden', `${CREATE} 403: Required 'compute.instances.create' permission for '${VM}', forbidden`],
  [
    'cloud-forbidden',
    `Error: Error creating Network: googleapi: Error 403: Required 'compute.networks.create' permission for 'projects/p/global/networks/web'\nMore details:\nReason: forbidden, Message: Required 'compute.networks.create' permission for 'projects/p/global/networks/web'\n`,
  ],
  [
    'cloud-forbidden',
    `${CREATE} 403: Request had insufficient authentication scopes., insufficientPermissions`,
  ],
  [
    'cloud-service-disabled',
    `${CREATE} 403: Compute Engine API has not been used in project 123 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project=123 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.\nDetails:\n[\n  {\n    "@type": "type.googleapis.com/google.rpc.ErrorInfo",\n    "reason": "SERVICE_DISABLED"\n  }\n]\n, accessNotConfigured`,
  ],
  // Accounts and credentials.
  [
    'cloud-account',
    `${CREATE} 403: This API method requires billing to be enabled. Please enable billing on project #p by visiting https://console.developers.google.com/billing/enable?project=p then retry., forbidden`,
  ],
  [
    'cloud-account',
    `${CREATE} 403: The billing account for the owning project is disabled in state absent, accountDisabled`,
  ],
  [
    'cloud-account',
    `${CREATE} 403: The project to be billed is associated with an absent billing account., accountDisabled`,
  ],
  [
    'cloud-account',
    `${CREATE} 403: Permission denied: Consumer 'projects/123' has been suspended., forbidden`,
  ],
  [
    'cloud-credentials-refused',
    "Error: Attempted to load application default credentials since neither `credentials` nor `access_token` was set in the provider block.  No credentials loaded. To use your gcloud credentials, run 'gcloud auth application-default login'.  Original error: google: could not find default credentials. See https://cloud.google.com/docs/authentication/external/set-up-adc for more information",
  ],
  [
    'cloud-credentials-refused',
    'oauth2: "invalid_grant" "reauth related error (invalid_rapt)" "https://support.google.com/a/answer/9368756"',
  ],
  [
    'cloud-credentials-refused',
    'googleapi: Error 401: Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential., authError',
  ],
  // Images.
  [
    'cloud-image-gone',
    "Error: Error resolving image name 'ubuntu-os-cloud/nope': Could not find image or family ubuntu-os-cloud/nope",
  ],
  [
    'cloud-image-gone',
    `${CREATE} 404: The resource 'projects/debian-cloud/global/images/debian-9' was not found, notFound`,
  ],
  [
    'cloud-image-gone',
    `${CREATE} 403: Required 'compute.images.useReadOnly' permission for 'projects/team/global/images/arch', forbidden`,
  ],
  // There already, or held.
  ['cloud-exists', `${CREATE} 409: The resource '${VM}' already exists, alreadyExists`],
  [
    'cloud-exists',
    `Error: Error creating Network: googleapi: Error 409: The resource 'projects/p/global/networks/distrolab-6445da26-web' already exists, alreadyExists`,
  ],
  [
    'cloud-in-use',
    `Error: Error waiting for Deleting Network: The network resource 'projects/p/global/networks/distrolab-6445da26-web' is already being used by 'projects/p/global/firewalls/extra'`,
  ],
  [
    'cloud-in-use',
    `Error: Error reading Subnetwork: googleapi: Error 400: The subnetwork resource 'projects/p/regions/r/subnetworks/web' is already being used by 'projects/p/zones/z/instances/other', resourceInUseByAnotherResource`,
  ],
  [
    'cloud-in-use',
    `Error: Error deleting instance: googleapi: Error 412: Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion.'., conditionNotMet`,
  ],
  // Passing.
  [
    'cloud-throttled',
    "googleapi: Error 429: Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service 'compute.googleapis.com' for consumer 'project_number:123'., rateLimitExceeded",
  ],
  ['cloud-throttled', `${CREATE} 403: Rate Limit Exceeded, rateLimitExceeded`],
  [
    'cloud-not-ready',
    `Error: Error creating Subnetwork: googleapi: Error 400: The resource 'projects/p/global/networks/distrolab-6445da26-web' is not ready, resourceNotReady`,
  ],
  ['cloud-not-ready', `${CREATE} 503: The service is currently unavailable., backendError`],
  [
    'cloud-not-ready',
    `${CREATE} 500: Internal error. Please try again or contact Google Support. (Code: '-1'), internalError`,
  ],
  ['cloud-not-ready', `${WAIT}Internal error. Please try again or contact Google Support. (Code: '-52')`],
  [
    'cloud-not-ready',
    `Error: Error reading Instance: googleapi: got HTTP response code 502\ngoogleapi: Error 502: Bad Gateway`,
  ],
  [
    'cloud-unreachable',
    `Error: Error when reading or editing Network: Get "https://compute.googleapis.com/compute/v1/projects/p/global/networks/web?alt=json": dial tcp: lookup compute.googleapis.com: no such host`,
  ],
]

/** As Google answers us: an operation has a code. */
export const toldByGoogle: readonly Said[] = [
  ['cloud-capacity', 'ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS: The zone does not have them.'],
  ['cloud-capacity', 'ZONE_RESOURCE_POOL_EXHAUSTED: The zone does not have them.'],
  ['cloud-quota', 'QUOTA_EXCEEDED: Too many of these.'],
  ['cloud-network', 'IP_SPACE_EXHAUSTED: No addresses are left.'],
  ['cloud-in-use', 'RESOURCE_IN_USE_BY_ANOTHER_RESOURCE: The disk is attached.'],
  ['cloud-not-ready', 'RESOURCE_NOT_READY: The disk is being made.'],
  ['cloud-not-offered', 'UNSUPPORTED_OPERATION: VM does not support this.'],
  ['cloud-throttled', 'RESOURCE_OPERATION_RATE_EXCEEDED: Operation rate exceeded for resource.'],
]
