import type { Said } from './said.js'

const said = (doing: string, operation: string, status: number, error: string): string =>
  `Error: ${doing}: operation error EC2: ${operation}, https response error StatusCode: ${status}, RequestID: 9023134b-4109-43fc-8e45-134552e3c2ea, api error ${error}`
const run = (error: string, status = 400): string =>
  said('creating EC2 Instance', 'RunInstances', status, error)

/** As OpenTofu's provider wraps it. */
export const saidByAws: readonly Said[] = [
  // No room there, or not there at all.
  [
    'cloud-capacity',
    'Error: creating EC2 Instance: operation error EC2: RunInstances, exceeded maximum number of attempts, 2, https response error StatusCode: 500, RequestID: 1a, api error InsufficientInstanceCapacity: We currently do not have sufficient t3.medium capacity in the Availability Zone you requested (eu-west-1a). Our system will be working on provisioning additional capacity. You can currently get t3.medium capacity by not specifying an Availability Zone in your request or choosing eu-west-1b, eu-west-1c.',
  ],
  [
    'cloud-capacity',
    run('InsufficientHostCapacity: There is not enough capacity to fulfill your Dedicated Host request.'),
  ],
  ['cloud-capacity', run('InsufficientAddressCapacity: Insufficient capacity.')],
  [
    'cloud-capacity',
    run(
      'InsufficientVolumeCapacity: There is not enough capacity to fulfill your EBS volume provision request.',
    ),
  ],
  ['cloud-capacity', run('InsufficientCapacity: There is not enough capacity to fulfill your request.', 500)],
  [
    'cloud-capacity',
    run('UnfulfillableCapacity: Unable to fulfill capacity due to your request configuration.'),
  ],
  [
    'cloud-capacity',
    run(
      'SpotMaxPriceTooLow: Your Spot request price of 0.001 is lower than the minimum required Spot request fulfillment price of 0.0125.',
    ),
  ],
  [
    'cloud-capacity',
    "Error: waiting for EC2 Instance (i-0b1c) create: unexpected state 'terminated', wanted target 'running, stopped'. last error: Server.InsufficientInstanceCapacity: Insufficient capacity to satisfy instance request",
  ],
  [
    'cloud-not-offered',
    run(
      'Unsupported: Your requested instance type (t3.micro) is not supported in your requested Availability Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or choosing us-east-1a, us-east-1b.',
    ),
  ],
  [
    'cloud-not-offered',
    run(
      'Unsupported: The requested configuration is currently not supported. Please check the documentation for supported configurations.',
    ),
  ],
  ['cloud-not-offered', run("InvalidParameterValue: Invalid value 't9.medium' for InstanceType.")],
  [
    'cloud-not-offered',
    said(
      'reading EC2 Instance Type',
      'DescribeInstanceTypes',
      400,
      'InvalidInstanceType: The following supplied instance types do not exist: [t9.medium]',
    ),
  ],
  ['cloud-zone-unknown', run('InvalidParameterValue: Invalid availability zone: [eu-west-1z]')],
  [
    'cloud-zone-unknown',
    said(
      'creating EC2 Subnet',
      'CreateSubnet',
      400,
      "InvalidParameterValue: Value (eu-west-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in: the availability zone 'eu-west-1z' does not exist.",
    ),
  ],
  [
    'cloud-region-disabled',
    said(
      'reading EC2 VPCs',
      'DescribeVpcs',
      401,
      'AuthFailure: AWS was not able to validate the provided access credentials',
    ),
  ],
  [
    'cloud-region-disabled',
    run('OptInRequired: The requested service needs to be enabled in this region.', 403),
  ],
  // Limits of the account.
  [
    'cloud-quota',
    run(
      'VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 1 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.',
    ),
  ],
  [
    'cloud-quota',
    run(
      'InstanceLimitExceeded: You have requested more instances (21) than your current instance limit of 20 allows for the specified instance type.',
    ),
  ],
  [
    'cloud-quota',
    said(
      'creating EC2 EIP',
      'AllocateAddress',
      400,
      'AddressLimitExceeded: The maximum number of addresses has been reached.',
    ),
  ],
  [
    'cloud-quota',
    said(
      'creating EC2 VPC',
      'CreateVpc',
      400,
      'VpcLimitExceeded: The maximum number of VPCs has been reached.',
    ),
  ],
  [
    'cloud-quota',
    said(
      'creating EC2 Internet Gateway',
      'CreateInternetGateway',
      400,
      'InternetGatewayLimitExceeded: The maximum number of internet gateways has been reached.',
    ),
  ],
  [
    'cloud-quota',
    said(
      'creating Security Group (distrolab-6445da26-web)',
      'CreateSecurityGroup',
      400,
      'SecurityGroupLimitExceeded: The maximum number of security groups for VPC has been reached.',
    ),
  ],
  [
    'cloud-quota',
    said(
      'authorizing Security Group (sg-1) Rule',
      'AuthorizeSecurityGroupIngress',
      400,
      'RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.',
    ),
  ],
  [
    'cloud-quota',
    said(
      'importing EBS Snapshot',
      'ImportSnapshot',
      400,
      'ResourceCountLimitExceeded: There are too many active import snapshot tasks.',
    ),
  ],
  ['cloud-quota', run('MaxSpotInstanceCountExceeded: Max spot instance count exceeded')],
  [
    'cloud-quota',
    run(
      "InvalidParameterCombination: The specified instance type is not eligible for Free Tier. For a list of Free Tier instance types, run 'describe-instance-types' with the filter 'free-tier-eligible=true'.",
    ),
  ],
  [
    'cloud-quota',
    "Error: waiting for EC2 Instance (i-0b1c) create: unexpected state 'shutting-down', wanted target 'running, stopped'. last error: Client.VolumeLimitExceeded: Volume limit exceeded",
  ],
  // Networks.
  [
    'cloud-network',
    said(
      'creating Security Group (web)',
      'CreateSecurityGroup',
      400,
      'VPCIdNotSpecified: No default VPC for this user',
    ),
  ],
  [
    'cloud-network',
    run("MissingInput: No subnets found for the default VPC 'vpc-1'. Please specify a subnet."),
  ],
  [
    'cloud-network',
    run(
      'InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request.',
    ),
  ],
  ['cloud-network', run("InvalidSubnetID.NotFound: The subnet ID 'subnet-0a1b2c' does not exist")],
  [
    'cloud-network',
    said(
      'creating EC2 Subnet',
      'CreateSubnet',
      400,
      "InvalidSubnet.Conflict: The CIDR '10.0.1.0/24' conflicts with another subnet",
    ),
  ],
  [
    'cloud-network',
    said(
      'creating EC2 Subnet',
      'CreateSubnet',
      400,
      "InvalidSubnet.Range: The CIDR '10.30.1.0/24' is invalid.",
    ),
  ],
  [
    'cloud-network',
    said(
      'creating Security Group',
      'CreateSecurityGroup',
      400,
      "InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist",
    ),
  ],
  ['cloud-network', 'Error: no matching EC2 VPC found'],
  // Rules and rights.
  [
    'cloud-policy',
    run(
      'UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/anna is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:123456789012:instance/* with an explicit deny in a service control policy. Encoded authorization failure message: Xy_9',
      403,
    ),
  ],
  [
    'cloud-policy',
    run(
      'UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/anna is not authorized to perform: ec2:RunInstances because no permissions boundary allows the ec2:RunInstances action',
      403,
    ),
  ],
  [
    'cloud-policy',
    run(
      "TagPolicyViolation: The tag policy does not allow the specified value for the following tag key: 'CostCenter'.",
    ),
  ],
  [
    'cloud-forbidden',
    run(
      'UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/anna is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:123456789012:instance/* because no identity-based policy allows the ec2:RunInstances action',
      403,
    ),
  ],
  [
    'cloud-forbidden',
    "Error: waiting for EC2 Instance (i-0b1c) create: unexpected state 'shutting-down', wanted target 'running'. last error: Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state",
  ],
  // Accounts and credentials.
  [
    'cloud-account',
    run(
      'Blocked: This account is currently blocked and not recognized as a valid account. Please contact https://support.console.aws.amazon.com/support/home if you have questions.',
    ),
  ],
  [
    'cloud-account',
    run(
      'PendingVerification: Your request for accessing resources in this region is being validated, and you will not be able to launch additional resources in this region until the validation is complete.',
    ),
  ],
  [
    'cloud-account',
    run(
      'OptInRequired: You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.',
      403,
    ),
  ],
  [
    'cloud-credentials-refused',
    'Error: Retrieving AWS account details: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 1, api error ExpiredToken: The security token included in the request is expired',
  ],
  [
    'cloud-credentials-refused',
    'Error: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 1, api error InvalidClientTokenId: The security token included in the request is invalid.',
  ],
  [
    'cloud-credentials-refused',
    'operation error EC2: RunInstances, exceeded maximum number of attempts, 2, Probable clock skew error: https response error StatusCode: 400, RequestID: 1, api error RequestExpired: Request has expired.',
  ],
  [
    'cloud-credentials-refused',
    'Error: No valid credential sources found: Please see https://registry.terraform.io/providers/hashicorp/aws\nfor more information about providing credentials.',
  ],
  // Images.
  [
    'cloud-terms',
    run(
      'OptInRequired: In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please visit https://aws.amazon.com/marketplace/pp?sku=x',
      401,
    ),
  ],
  ['cloud-image-gone', run("InvalidAMIID.NotFound: The image id '[ami-0123456789abcdef0]' does not exist")],
  [
    'cloud-image-gone',
    run("InvalidAMIID.Unavailable: The image ID 'ami-0123456789abcdef0' is no longer available"),
  ],
  ['cloud-image-gone', run('AuthFailure: Not authorized for images: [ami-0123456789abcdef0]', 403)],
  [
    'cloud-image-gone',
    'Error: Your query returned no results. Please change your search criteria and try again.',
  ],
  // There already, or held.
  [
    'cloud-exists',
    said(
      'importing EC2 Key Pair (distrolab-6445da26-web)',
      'ImportKeyPair',
      400,
      'InvalidKeyPair.Duplicate: The keypair already exists',
    ),
  ],
  [
    'cloud-exists',
    said(
      'creating Security Group (distrolab-6445da26-web)',
      'CreateSecurityGroup',
      400,
      "InvalidGroup.Duplicate: The security group 'distrolab-6445da26-web' already exists for VPC 'vpc-1'",
    ),
  ],
  [
    'cloud-exists',
    said(
      'authorizing Security Group (sg-1) Rule',
      'AuthorizeSecurityGroupIngress',
      400,
      'InvalidPermission.Duplicate: the specified rule "peer: 203.0.113.7/32, TCP, from port: 22, to port: 22, ALLOW" already exists',
    ),
  ],
  [
    'cloud-exists',
    said(
      'creating Route',
      'CreateRoute',
      400,
      'RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists.',
    ),
  ],
  [
    'cloud-exists',
    said(
      'registering AMI',
      'RegisterImage',
      400,
      'InvalidAMIName.Duplicate: AMI name distrolab-arch is already in use by AMI ami-1',
    ),
  ],
  [
    'cloud-in-use',
    said(
      'deleting Security Group (sg-1)',
      'DeleteSecurityGroup',
      400,
      'DependencyViolation: resource sg-1 has a dependent object',
    ),
  ],
  [
    'cloud-in-use',
    said(
      'terminating EC2 Instance (i-1)',
      'TerminateInstances',
      400,
      "OperationNotPermitted: The instance 'i-1' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.",
    ),
  ],
  [
    'cloud-in-use',
    said(
      'modifying EC2 Instance (i-1)',
      'ModifyInstanceAttribute',
      400,
      "IncorrectInstanceState: The instance 'i-1' is not in the 'stopped' state.",
    ),
  ],
  [
    'cloud-in-use',
    said(
      'deleting EBS Snapshot (snap-1)',
      'DeleteSnapshot',
      400,
      'InvalidSnapshot.InUse: The snapshot snap-1 is currently in use by ami-1',
    ),
  ],
  [
    'cloud-in-use',
    said(
      'deleting EBS Volume (vol-1)',
      'DeleteVolume',
      400,
      'VolumeInUse: Volume vol-1 is currently attached to i-1',
    ),
  ],
  // Passing.
  ['cloud-throttled', run('RequestLimitExceeded: Request limit exceeded.', 503)],
  ['cloud-throttled', run('Throttling: Rate exceeded')],
  ['cloud-not-ready', run("InvalidGroup.NotFound: The security group 'sg-1' does not exist")],
  [
    'cloud-not-ready',
    said(
      'reading EC2 Instance (i-1)',
      'DescribeInstances',
      400,
      "InvalidInstanceID.NotFound: The instance ID 'i-1' does not exist",
    ),
  ],
  [
    'cloud-not-ready',
    said(
      'creating Route',
      'CreateRoute',
      400,
      "InvalidRouteTableID.NotFound: The routeTable ID 'rtb-1' does not exist",
    ),
  ],
  [
    'cloud-not-ready',
    said(
      'creating Subnet',
      'CreateSubnet',
      400,
      'ConcurrentMutationLimitExceeded: Another change is under way',
    ),
  ],
  ['cloud-not-ready', run('InternalError: An internal error has occurred', 500)],
  ['cloud-not-ready', run('Unavailable: The service is unavailable. Please try again shortly.', 503)],
  [
    'cloud-not-ready',
    "Error: waiting for EC2 Instance (i-1) create: unexpected state 'terminated', wanted target 'running'. last error: Server.InternalError: Internal error on launch",
  ],
  [
    'cloud-unreachable',
    'operation error STS: GetCallerIdentity, https response error StatusCode: 0, RequestID: , request send failed, Post "https://sts.eu-west-1.amazonaws.com/": dial tcp: lookup sts.eu-west-1.amazonaws.com: no such host',
  ],
]

/** As AWS's own client says it to us. */
export const toldByAws: readonly Said[] = [
  ['cloud-throttled', 'RequestThrottledException: The number of API requests has exceeded the maximum'],
  ['cloud-throttled', 'ConcurrentLimitExceededException: You have reached the limit for concurrent API'],
  [
    'cloud-throttled',
    'SnapshotCreationPerVolumeRateExceeded: The maximum per volume CreateSnapshot request rate has been exceeded.',
  ],
  ['cloud-quota', 'ServiceQuotaExceededException: Your current service quotas do not allow you to'],
  [
    'cloud-quota',
    'ConcurrentSnapshotLimitExceeded: Maximum allowed in-progress snapshots for a single volume exceeded.',
  ],
  ['cloud-forbidden', 'AccessDeniedException: You do not have sufficient access to perform this action.'],
  [
    'cloud-policy',
    'AccessDeniedException: User: arn:x is not authorized to perform: ebs:StartSnapshot with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/no-snapshots',
  ],
  ['cloud-not-ready', 'InternalServerException: An internal error has occurred.'],
  ['cloud-not-ready', "InvalidSnapshot.NotFound: The snapshot 'snap-1' does not exist."],
  [
    'cloud-credentials-refused',
    'CredentialsProviderError: The SSO session associated with this profile has expired.',
  ],
]
