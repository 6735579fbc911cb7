import type { BackendFault } from '../../backend/errors.js'
import type { CatalogFault } from '../../distro-catalog/errors.js'
import type { LabFault } from '../../scripts/errors.js'
import type { DriverFault } from '../../stacks/local/driver/errors.js'

/** One fault of each code; a code without one does not compile. */
type Samples<F extends { readonly code: string }> = {
  readonly [C in F['code']]: Omit<Extract<F, { readonly code: C }>, 'code'>
}

const withCodes = <F extends { readonly code: string }>(samples: Samples<F>): F[] =>
  Object.entries(samples).map(([code, fields]) => ({ code, ...(fields as object) }) as unknown as F)

const problem = {
  file: '/srv/project/distrolab.yaml',
  field: 'wait',
  expected: 'ready, ssh or none',
  got: '"later"',
}

export const backendFaults = withCodes<BackendFault>({
  'guard-timeout': { path: '/srv/labs/labs/web/record.json.guard', pid: 7, host: 'laptop' },
  'object-exists': { key: 'labs/web/record.json' },
  'object-changed': { key: 'labs/web/record.json' },
  'store-unwritable': { place: '/srv/labs', reason: 'the file system is read-only' },
  'store-unreadable': { place: '/srv/labs', reason: 'permission denied' },
  'file-refused': { place: '/srv/labs/labs/web/tofu.tfstate', found: 'link' },
  'store-folder-missing': { place: '/srv/labs' },
  'key-invalid': { key: '../web' },
  'backend-url-invalid': { given: 'labs', problems: ['expected a URL such as file:///srv/labs, got "labs"'] },
  'store-forbidden': { place: 's3://labs/team/labs/web/record.json', permission: 's3:PutObject' },
  'store-missing': { bucket: 'labs' },
  'store-taken': { bucket: 'labs', permission: 's3:ListBucket' },
  'store-project-unknown': { bucket: 'labs' },
  'store-wrong-region': { bucket: 'labs', given: 'eu-west-1', actual: 'us-east-1' },
  'store-unreachable': {
    endpoint: 'https://s3.eu-west-1.amazonaws.com',
    reason: 'the connection was closed',
  },
  'store-no-conditions': { endpoint: 'http://127.0.0.1:9000', operation: 'create' },
  'store-credentials': { kind: 's3', reason: 'ExpiredToken: The provided token has expired' },
  'record-unreadable': {
    lab: 'web',
    place: '/srv/labs/labs/web/record.json',
    problems: ['(file): expected JSON, got something else'],
  },
  'identity-unreadable': {
    place: 'backend.json',
    problems: ['backend.json: /id expected a value, got none'],
  },
  'record-unwritable': {
    lab: 'web',
    problems: ['/session expected one line of 1 to 2048 visible characters, got "a\\nb"'],
  },
  'value-refused': {
    field: 'path',
    expected: 'an absolute path without quotes, backslashes, $ and what is not visible',
    got: '"/srv/$HOME/key"',
  },
  'transition-illegal': { lab: 'web', from: 'ready', to: 'provisioned' },
  'lease-held': {
    lab: 'web',
    holder: { user: 'anna', host: 'laptop', pid: 7, command: 'up', since: '2026-11-21T10:00:00.000Z' },
    expiresAt: '2026-11-21T10:01:00.000Z',
  },
  'lease-lost': { lab: 'web', reason: 'bob@desktop broke it' },
  'lease-token-refused': { field: 'backend', expected: '6445da26', got: '0a0a0a0a' },
})

export const catalogFaults = withCodes<CatalogFault>({
  'distro-unknown': { given: 'debain', near: ['debian'] },
  'provider-unknown': { given: 'locla', near: ['local'] },
  'region-unknown': { given: 'eu-centarl-1', provider: 'aws', near: ['eu-central-1'] },
  'no-region': {
    provider: 'google',
    instanceType: 't2a-standard-1',
    leftOut: [{ region: 'us-east1', reason: 't2a-standard-1 is not offered there' }],
  },
  'profile-unknown': { given: 'debian-loca', near: ['debian-local', 'debian-12-local'] },
  'pair-unavailable': {
    distro: 'debian-13',
    provider: 'azure',
    reason: 'the distribution publishes no image there',
  },
  'disk-too-small': { askedGiB: 4, minimumGiB: 10 },
  'size-unknown': { given: 'huge', known: ['small', 'lab', 'large'] },
  'instance-type-invalid': { given: '4', expected: 'vCPUs x MiB, such as 4x8192' },
  'catalog-invalid': {
    problems: [
      {
        file: 'distros/mine-1.yaml',
        field: 'title',
        expected: 'the name of the distribution',
        got: 'nothing',
        remedy: 'Add it.',
      },
    ],
  },
})

export const driverFaults = withCodes<DriverFault>({
  usage: { problems: [{ field: '/cpus', expected: 'a whole number', got: '"two"' }] },
  interrupted: { signal: 'SIGTERM' },
  'qemu-missing': { binary: 'qemu-system-x86_64' },
  'builder-missing': { tool: 'mmdebstrap' },
  'keyring-missing': { keyring: '/usr/share/keyrings/debian-archive-keyring.gpg' },
  'firmware-missing': { looked: ['/usr/share/OVMF/OVMF_CODE.fd'] },
  'port-taken': { port: 30096 },
  'image-unreachable': {
    url: 'https://images.example.org/debian-13.qcow2',
    reason: 'getaddrinfo ENOTFOUND images.example.org',
  },
  'image-refused': { url: 'https://images.example.org/debian-13.qcow2', status: 404 },
  'image-moved': { pinned: 'sha256:3f2a…', now: 'sha256:9bc1…' },
  'image-invalid': {
    url: 'https://images.example.org/debian-13.qcow2',
    reason: 'it is not in the qcow2 format',
  },
  'checksum-mismatch': {
    url: 'https://images.example.org/debian-13.qcow2',
    expected: 'sha512:3f2a…',
    got: 'sha512:9bc1…',
  },
  'checksum-unknown': { url: 'https://images.example.org/SHA512SUMS', file: 'debian-13.qcow2' },
  'download-truncated': {
    url: 'https://images.example.org/debian-13.qcow2',
    expected: 346030080,
    got: 104857600,
  },
  'disk-full': { place: '/srv/cache/images' },
  'place-unwritable': { place: '/srv/cache/images', reason: 'permission denied' },
  'place-unreadable': { place: '/srv/machines/6445da26/web/main', reason: 'EACCES' },
  'build-failed': {
    cause: 'mirror-unreachable',
    log: 'E: cannot fetch the package index\nE: mmdebstrap failed to run\n',
  },
  'qemu-failed': { stderr: 'qemu-system-x86_64: cannot set up guest memory: Cannot allocate memory' },
  'tool-failed': { tool: 'qemu-img', stderr: 'qemu-img: Could not open the image: Permission denied' },
  'machine-absent': {
    id: 'distrolab-6445da26-web-main',
    directory: '/home/anna/.local/state/distrolab/machines/6445da26/web/main',
  },
  'machine-broken': {
    id: 'distrolab-6445da26-web-main',
    directory: '/home/anna/.local/state/distrolab/machines/6445da26/web/main',
    reason: 'its disk is damaged',
  },
  'machine-out-of-room': {
    id: 'distrolab-6445da26-web-main',
    directory: '/srv/anna/machines/6445da260a0a/web/main',
    free: 3 * 2 ** 20,
    needed: 64 * 2 ** 20,
    growth: 8 * 2 ** 30,
  },
  'machine-busy': { id: 'distrolab-6445da26-web-main', pid: 7 },
  'machine-folder-foreign': {
    id: 'distrolab-demo-main',
    directory: '/home/anna/Documents',
    reason: 'it holds no machine.json',
  },
  'machine-left': {
    id: 'distrolab-6445da26-web-main',
    left: ['/home/anna/.local/state/distrolab/machines/6445da26/web/main/overlay.qcow2'],
  },
  'machine-stopped': { id: 'distrolab-6445da26-web-main' },
  'machine-expired': { id: 'distrolab-6445da26-web-main', expiresAt: '2026-11-21T10:00:00.000Z' },
  'baseline-absent': { id: 'distrolab-6445da26-web-main' },
  'baseline-failed': { id: 'distrolab-6445da26-web-main', reason: 'there is no room for its memory' },
  'baseline-broken': { id: 'distrolab-6445da26-web-main', reason: 'it was taken with QEMU 9.2' },
  'driver-bug': { stack: 'TypeError: size is not iterable\n    at parse (driver.js:1:1)' },
})

export const labFaults = withCodes<LabFault>({
  usage: { problem: 'Name a verb.' },
  'config-invalid': { problems: [problem] },
  'lab-unknown': { given: 'wbe', near: ['web'] },
  'page-unknown': { given: 'stuk-state', near: ['stuck-state'] },
  'lab-name-invalid': { given: 'Web_1' },
  'lab-of-other-profile': { lab: 'web', profile: 'debian-13-local', asked: 'debian-12-local' },
  'reset-not-clean': { lab: 'web', machine: 'main' },
  'swap-which-lab': { profile: 'debian-12-local', labs: ['web', 'db'] },
  'swap-same-distro': { lab: 'web', distro: 'debian-12' },
  'swap-other-provider': { lab: 'web', provider: 'local', asked: 'debian-aws' },
  'swap-not-begun': {
    ...{ lab: 'web', distro: 'debian-13', asked: 'debian-12' },
    fault: {
      code: 'image-unreachable',
      url: 'https://images.example.org/debian-13.qcow2',
      reason: 'getaddrinfo ENOTFOUND images.example.org',
    },
  },
  'lab-being-destroyed': { lab: 'web' },
  'lab-on-other-computer': { lab: 'web', user: 'alice', host: 'desktop' },
  'other-account': { what: 'web', provider: 'google', account: 'labs-team', given: 'anna-private' },
  'record-mismatch': {
    lab: 'web',
    field: 'machines.main.address',
    expected: '127.0.0.1',
    found: '203.0.113.7',
  },
  'lab-expired': { lab: 'web', expiresAt: '2026-11-21T10:00:00.000Z' },
  'lab-not-ready': { lab: 'web', state: 'provision-failed' },
  'machine-unknown': { lab: 'web', given: 'db', known: ['main'] },
  'setting-fixed': { lab: 'web', setting: '--zone', has: 'eu-west-1a', asked: 'b' },
  'expiry-fixed': { lab: 'web', expiresAt: '2026-11-21T14:00:00.000Z', asked: '8h' },
  'size-fixed': { lab: 'web', has: '2x2048', asked: '4x8192' },
  'cloud-credentials-missing': {
    provider: 'aws',
    sought: 'no AWS_* variable is set, and there is no ~/.aws',
  },
  'cloud-project-missing': { provider: 'google', sought: 'GOOGLE_PROJECT is not set' },
  'cloud-service-disabled': {
    provider: 'google',
    reason: 'Compute Engine API has not been used in project labs-team before or it is disabled.',
  },
  'cloud-credentials-unusable': {
    provider: 'aws',
    reason: 'Profile ci requires multi-factor authentication, but no MFA code callback was provided.',
  },
  'cloud-credentials-refused': {
    provider: 'google',
    reason: 'invalid_grant: Token has been expired or revoked.',
  },
  'cloud-capacity': {
    provider: 'aws',
    reason:
      'InsufficientInstanceCapacity: We currently do not have sufficient t3.medium capacity in eu-west-1a.',
  },
  'cloud-not-offered': {
    provider: 'azure',
    reason: 'RequestDisallowedByAzure: The selected region is currently not accepting new customers.',
  },
  'cloud-network': { provider: 'aws', reason: 'VPCIdNotSpecified: No default VPC for this user' },
  'cloud-policy': {
    provider: 'google',
    reason: 'Constraint constraints/compute.vmExternalIpAccess violated for project 123.',
  },
  'cloud-account': {
    provider: 'aws',
    reason: 'Blocked: This account is currently blocked and not recognized as a valid account.',
  },
  'cloud-exists': {
    ...{ provider: 'aws', lab: 'web' },
    reason: "InvalidKeyPair.Duplicate: The keypair 'distrolab-6445da26-web' already exists.",
  },
  'cloud-in-use': {
    provider: 'aws',
    reason: 'DependencyViolation: resource sg-0123456789abcdef0 has a dependent object',
  },
  'cloud-not-ready': {
    provider: 'google',
    reason: "The resource 'projects/p/regions/europe-west4/subnetworks/web' is not ready",
  },
  'cloud-quota': {
    provider: 'azure',
    reason:
      'Operation could not be completed as it results in exceeding approved Total Regional Cores quota.',
  },
  'cloud-forbidden': {
    provider: 'aws',
    reason: 'UnauthorizedOperation: You are not authorized to perform ec2:RunInstances.',
  },
  'cloud-region-disabled': {
    provider: 'aws',
    reason: 'AuthFailure: AWS was not able to validate the provided access credentials',
  },
  'cloud-zone-unknown': { provider: 'aws', reason: 'Invalid availability zone: [eu-west-1z]' },
  'cloud-throttled': { provider: 'aws', reason: 'RequestLimitExceeded: Request limit exceeded.' },
  'cloud-unreachable': { provider: 'aws', reason: 'getaddrinfo ENOTFOUND ec2.eu-west-1.amazonaws.com' },
  'cloud-image-gone': { provider: 'aws', reason: "The image id '[ami-0123456789abcdef0]' does not exist" },
  'network-unfit': {
    ...{ provider: 'aws', network: 'vpc-0a1b2c3d' },
    reason: 'there is no such VPC in eu-west-1',
  },
  'cloud-image-missing': {
    provider: 'aws',
    distro: 'arch',
    region: 'eu-west-1',
    selector: 'arch-linux-* of 123456789012',
  },
  'cloud-image-elsewhere': {
    ...{ provider: 'azure', image: '/subscriptions/…/images/arch' },
    ...{ region: 'westus', has: 'westeurope' },
  },
  'cloud-image-terms': { provider: 'azure', publisher: 'resf', offer: 'rockylinux-x86_64', plan: '10-base' },
  'cloud-terms': {
    provider: 'azure',
    reason: 'ResourcePurchaseValidationFailed: User failed validation to purchase resources.',
  },
  'cloud-failed': { provider: 'aws', reason: 'InternalError: An internal error has occurred' },
  'cloud-machine-missing': { provider: 'aws', machine: 'distrolab-6445da26-web-main' },
  'caller-unknown': { asked: ['https://checkip.amazonaws.com'], reason: 'HTTP 503' },
  'import-unsupported': { provider: 'azure', distro: 'arch', reason: 'its disks have another format' },
  'import-region-needed': { provider: 'aws', distro: 'arch' },
  'import-no-source': { provider: 'google', distro: 'mine-1', reason: 'the catalog names no download' },
  'import-checksum-needed': { url: 'https://images.example.org/arch.qcow2' },
  'import-file-unreadable': { path: '/srv/disks/arch.qcow2', reason: 'there is no such file' },
  'import-file-changed': { path: '/srv/disks/arch.qcow2', expected: 'sha256:3f2a…', got: 'sha256:9bc1…' },
  'import-bucket-needed': { provider: 'google', distro: 'arch' },
  'import-account-missing': { account: 'labdisks', place: 'https://labdisks.blob.core.windows.net' },
  'import-container-missing': { account: 'labdisks', container: 'disks' },
  'import-storage-forbidden': {
    ...{ account: 'labdisks', container: 'disks', reason: 'AuthorizationPermissionMismatch' },
  },
  'import-name-taken': { provider: 'azure', distro: 'arch', id: '/subscriptions/…/images/arch' },
  'import-in-place': {
    provider: 'google',
    distro: 'arch',
    field: 'source',
    has: '/srv/disks/arch-1.qcow2',
    asked: '/srv/disks/arch-2.qcow2',
  },
  'import-needed': { provider: 'google', distro: 'arch' },
  'import-forgetting': { provider: 'google', distro: 'arch' },
  'image-not-imported': { provider: 'google', distro: 'arch' },
  'image-busy': {
    ...{ provider: 'google', distro: 'arch' },
    holder: { user: 'anna', host: 'laptop', pid: 7, command: 'up', since: '2026-11-21T10:00:00.000Z' },
  },
  'image-in-use': { provider: 'google', distro: 'arch', labs: ['web'] },
  'image-left': { provider: 'google', distro: 'arch', left: ['gs://labs/images/disk'] },
  'packing-failed': { program: 'tar', reason: 'No space left on device' },
  'upload-failed': { place: 'gs://labs/images/disk', reason: 'the connection was closed' },
  'engine-missing': { minimum: '1.6.0', rejected: ['/usr/bin/tofu (PATH) is 1.5.0'] },
  'engine-timeout': { operation: 'apply', passed: 'total', seconds: 600, pid: null },
  'engine-failed': {
    operation: 'apply',
    problems: ['Error: creating EC2 Instance: the request was malformed'],
  },
  'engine-locked': {
    ...{
      lockId: '6f0c5a7e-1b1d-4a1c-9d3e-2f1f4c9b7a10',
      who: 'anna@laptop',
      created: '2026-11-21T10:00:00Z',
      holder: 'unknown',
    },
    ...{
      engine: '/usr/bin/tofu',
      folder: '/srv/cache/work/6445da26/web',
      isEncrypted: false,
    },
  },
  'state-forbidden': { operation: 'apply', reason: 'api error AccessDenied: Access Denied' },
  'state-credentials': {
    operation: 'init',
    reason: 'api error ExpiredToken: The provided token has expired',
  },
  'state-unreachable': {
    operation: 'init',
    reason: 'dial tcp: lookup s3.eu-west-1.amazonaws.com: no such host',
  },
  'state-bucket-missing': { operation: 'init', reason: 'S3 bucket does not exist.' },
  'state-undecryptable': { operation: 'init' },
  'state-encrypted': { operation: 'init' },
  'state-unreadable': { operation: 'init' },
  'state-unencrypted': { operation: 'init' },
  'state-refused': {
    lab: 'web',
    place: 's3://labs/team/labs/web/tofu.tfstate',
    problems: ['the provider "provider[\\"example.com/other/cloud\\"]"'],
  },
  'provider-refused': {
    place: '/srv/cache/work/6445da26/web/.terraform/providers',
    providers: ['example.com/other/cloud'],
  },
  'passphrase-missing': { variable: 'LABS_PASSPHRASE' },
  'passphrase-short': { variable: 'LABS_PASSPHRASE', minimum: 16 },
  'engine-lock-raced': { operation: 'apply' },
  'machine-not-importable': { address: 'aws_instance.main' },
  'state-superseded': {
    place: '/srv/cache/work/6445da26/web/errored.tfstate',
    problems: ['cannot import state with serial 1'],
  },
  'engine-disk-full': { operation: 'apply' },
  driver: { fault: { code: 'disk-full', place: '/cache' } },
  'driver-crashed': { verb: 'create', output: 'Killed\n' },
  'prerequisites-missing': {
    missing: [{ name: 'qemu-img', purpose: 'makes disks' }],
    install: 'sudo apt-get install qemu-utils',
  },
  'prerequisites-not-installable': {
    reason: 'apt-get was not found',
    install: 'sudo apt-get install qemu-utils',
  },
  'key-unreadable': { path: '/home/anna/.ssh/id_lab', reason: 'there is no such file' },
  'key-not-taken': {
    ...{
      provider: 'aws',
      key: '--ssh-key /home/anna/.ssh/id_ecdsa',
      given: 'ecdsa-sha2-nistp256',
      takes: ['ssh-ed25519', 'ssh-rsa'],
    },
  },
  'key-passphrase': { path: '/home/anna/.ssh/id_lab', agent: false },
  'key-not-in-agent': { path: '/home/anna/.ssh/id_lab.pub', agent: true },
  'key-not-on-lab': { lab: 'web', path: '/home/anna/.ssh/id_lab', takes: ['github:bob'] },
  'key-missing': { lab: 'web', takes: ['github:bob'] },
  'agent-unreachable': { socket: '/tmp/ssh-agent.sock', reason: 'connection refused' },
  'ssh-timeout': {
    lab: 'web',
    machine: 'main',
    seconds: 300,
    lastSeen: 'port closed',
    console: '[ OK ] Reached target multi-user.target.\nweb login:',
  },
  'kernel-panic': {
    lab: 'web',
    machine: 'main',
    reason: 'Attempted to kill init!',
    console: 'Kernel panic - not syncing: Attempted to kill init!',
  },
  'ssh-failed': { lab: 'web', machine: 'main', reason: 'the connection was closed' },
  'ssh-program-missing': {},
  'output-failed': { reason: 'ENOSPC: no space left on device, write' },
  'exec-timeout': { lab: 'web', place: 'main', seconds: 90 },
  'transfer-source-missing': { lab: 'web', machine: 'main', flag: '--fetch', from: 'log', to: './log' },
  'transfer-failed': {
    ...{ lab: 'web', machine: 'main', flag: '--fetch', from: 'log', to: './log' },
    reason: 'log: Permission denied',
  },
  'host-key-changed': {
    lab: 'web',
    machine: 'main',
    expected: 'ssh-ed25519 AAAAC3NzA…',
    got: 'ssh-ed25519 AAAAC3NzB…',
    isLocal: true,
  },
  'ssh-silent': {
    ...{ lab: 'web', machine: 'main', reason: 'port open, no SSH handshake yet' },
    console: 'web login:',
  },
  'cloud-init-failed': {
    lab: 'web',
    machine: 'main',
    errors: ['package_update_upgrade_install: the mirror could not be reached'],
  },
  'cloud-init-timeout': { lab: 'web', machine: 'main', seconds: 600, stage: 'final stage' },
  'clock-not-set': { lab: 'web', machine: 'main', reason: 'sudo: a password is required' },
  'no-free-port': {},
  'not-ours': { lab: 'web', foreign: ['resource group distrolab-0a1b2c3d4e5f-web in westeurope'] },
  leftovers: {
    lab: 'web',
    left: ['/home/anna/.local/state/distrolab/machines/6445da26/web/main/overlay.qcow2'],
  },
  'listing-failed': { reason: 'The backend cannot be read.' },
  'session-unknown': {},
  'not-confirmed': { command: 'down web' },
  'confirmation-needed': { command: 'lock break web' },
  'folder-lost': {},
  'user-nameless': { lab: 'web', uid: 12345 },
  'folder-unwritable': { place: '/srv/out', reason: 'the file system is read-only' },
  interrupted: { signal: 'SIGINT' },
})
