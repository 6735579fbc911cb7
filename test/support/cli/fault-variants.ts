import { BackendError } from '../../../backend/errors.js'
import { LabError, type LabFault } from '../../../scripts/errors.js'

const engineLocked: Extract<LabFault, { readonly code: 'engine-locked' }> = {
  code: 'engine-locked',
  lockId: '6f0c5a7e-1b1d-4a1c-9d3e-2f1f4c9b7a10',
  who: 'anna@laptop',
  created: '2026-11-21T10:00:00Z',
  holder: 'unknown',
  engine: '/usr/bin/tofu',
  folder: '/srv/cache/work/6445da26/web',
  isEncrypted: false,
}

const otherClouds: readonly LabFault[] = [
  { code: 'cloud-credentials-missing', provider: 'azure', sought: 'ARM_CLIENT_ID is not set' },
  { code: 'cloud-credentials-missing', provider: 'google', sought: 'no GOOGLE_* variable is set' },
  { code: 'cloud-credentials-refused', provider: 'aws', reason: 'ExpiredToken: The token has expired.' },
  { code: 'cloud-credentials-refused', provider: 'azure', reason: 'AADSTS700082: The token has expired.' },
  { code: 'cloud-project-missing', provider: 'azure', sought: 'ARM_SUBSCRIPTION_ID is not set' },
  {
    code: 'cloud-service-disabled',
    provider: 'azure',
    reason: "The subscription is not registered to use namespace 'Microsoft.Network'.",
  },
  {
    code: 'cloud-quota',
    provider: 'aws',
    reason: 'VcpuLimitExceeded: You have requested more vCPU capacity.',
  },
  {
    code: 'cloud-quota',
    provider: 'google',
    reason: "Quota 'CPUS' exceeded. Limit: 8.0 in region us-east1.",
  },
  {
    code: 'cloud-terms',
    provider: 'aws',
    reason: 'OptInRequired: In order to use this AWS Marketplace product',
  },
  {
    code: 'cloud-capacity',
    provider: 'aws',
    lab: 'web',
    reason:
      'InsufficientInstanceCapacity: You can currently get t3.medium capacity by not specifying an Availability Zone in your request or choosing eu-west-1b, eu-west-1c.',
  },
  {
    code: 'cloud-policy',
    provider: 'azure',
    lab: 'web',
    reason:
      'RequestDisallowedByPolicy: Resource \'web\' was disallowed by policy. Policy identifiers: \'[{"policyAssignment":{"name":"Require a costCenter tag"}}]\'.',
  },
  {
    code: 'cloud-policy',
    provider: 'azure',
    lab: 'web',
    reason:
      'RequestDisallowedByPolicy: Resource \'web\' was disallowed by policy. Policy identifiers: \'[{"policyAssignment":{"name":"Network interfaces should not have public IPs"}}]\'.',
  },
  {
    code: 'cloud-policy',
    provider: 'aws',
    reason:
      'UnauthorizedOperation: You are not authorized, with an explicit deny in a service control policy.',
  },
  {
    code: 'cloud-account',
    provider: 'azure',
    reason:
      "ReadOnlyDisabledSubscription: The subscription 'S' is disabled and therefore marked as read only.",
  },
  {
    code: 'cloud-account',
    provider: 'google',
    reason: 'This API method requires billing to be enabled.',
  },
  {
    code: 'cloud-in-use',
    provider: 'azure',
    lab: 'web',
    reason:
      "ScopeLocked: The scope cannot perform delete operation because following scope(s) are locked: '/subscriptions/S/resourceGroups/labs-of-anna'. Please remove the lock and try again.",
  },
  {
    code: 'cloud-in-use',
    provider: 'google',
    lab: 'web',
    reason:
      "The network resource 'projects/p/global/networks/web' is already being used by 'projects/p/global/firewalls/extra'",
  },
  {
    code: 'cloud-failed',
    provider: 'google',
    reason: 'googleapi: Error 400: Invalid value., invalid',
    lab: 'web',
    log: '/srv/home/logs/6445da26/web.jsonl',
  },
  {
    code: 'engine-failed',
    operation: 'apply',
    problems: ['Error: the request was malformed'],
    lab: 'web',
    log: '/srv/home/logs/6445da26/web.jsonl',
  },
  { code: 'import-bucket-needed', provider: 'azure', distro: 'arch' },
  { code: 'import-bucket-needed', provider: 'azure', distro: 'arch', got: 'gs://labs' },
  {
    code: 'import-name-taken',
    provider: 'aws',
    distro: 'arch',
    id: 'ami-0123456789abcdef0',
    region: 'eu-west-1',
  },
  { code: 'other-account', what: 'web', provider: 'aws', account: '123456789012', given: '210987654321' },
]

/** The same codes with the fields that may be absent, and lists that may be empty. */
export const variants: readonly (BackendError | LabError)[] = [
  new BackendError({ code: 'lease-token-refused', field: 'form', expected: 'LAB:FENCE:ID', got: 'web' }),
  new BackendError({ code: 'lease-token-refused', field: 'fence', expected: '5', got: '3' }),
  new BackendError({ code: 'lease-token-refused', field: 'holder', expected: 'pid 7', got: 'no process' }),
  new BackendError({
    code: 'store-forbidden',
    place: 'gs://labs/team/labs/web/record.json',
    permission: 'storage.objects.create',
    identity: 'anna@example.org',
  }),
  new BackendError({ code: 'store-wrong-region', bucket: 'labs', given: 'eu-west-1' }),
  new BackendError({ code: 'store-credentials', kind: 'gcs', reason: 'invalid_grant' }),
  new BackendError({
    code: 'record-unreadable',
    lab: 'web',
    place: '/srv/labs/labs/web/lease.json',
    problems: ['(file): expected JSON, got something else'],
  }),
  new LabError({ code: 'usage', problem: 'There is no flag --tll. Did you mean --ttl?', command: 'up' }),
  new LabError({
    code: 'usage',
    problem: 'npm kept --env for itself. Nothing was changed.',
    command: 'exec',
    meant: 'exec web --env A=1 -- uname -r',
  }),
  new LabError({ code: 'lab-unknown', given: 'web', near: [] }),
  new LabError({ code: 'lab-unknown', given: 'web', near: ['web-1', 'web-2', 'web-3'] }),
  new LabError({
    code: 'ssh-timeout',
    lab: 'web',
    machine: 'main',
    seconds: 300,
    lastSeen: 'port closed',
    console: '',
  }),
  new LabError({ code: 'swap-which-lab', profile: 'debian-12-local', labs: [] }),
  new LabError({ ...engineLocked, holder: 'running' }),
  new LabError({ ...engineLocked, isEncrypted: true }),
  new LabError({ code: 'engine-timeout', operation: 'apply', passed: 'quiet', seconds: 180, pid: 7 }),
  new LabError({ code: 'interrupted', signal: 'SIGTERM' }),
  new LabError({ code: 'interrupted', signal: 'SIGHUP' }),
  new LabError({ code: 'driver', fault: { code: 'interrupted', signal: 'SIGINT' } }),
  new LabError({ code: 'driver', fault: { code: 'port-taken', port: 30_096, by: 'nginx' } }),
  ...(['no-user-namespace', 'no-subordinate-ids', 'no-mount', 'mirror-lacks', 'unknown'] as const).map(
    (cause) => new LabError({ code: 'driver', fault: { code: 'build-failed', cause, log: '' } }),
  ),
  ...otherClouds.map((fault) => new LabError(fault)),
]
