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

const problem = { file: '/a.yaml', field: 'size', expected: 'small', got: '3' }

export const backendFaults = withCodes<BackendFault>({
  'guard-timeout': { path: '/labs/guard', pid: 7, host: 'laptop' },
  'object-exists': { key: 'labs/x/record.json' },
  'object-changed': { key: 'labs/x/record.json' },
  'store-unwritable': { place: '/labs', reason: 'EROFS' },
  'store-unreadable': { place: '/labs', reason: 'EACCES' },
  'key-invalid': { key: '../x' },
  'backend-url-invalid': { given: 'nope', problems: ['expected a URL'] },
  'store-forbidden': { place: 's3://b/labs/x/record.json', permission: 's3:PutObject' },
  'store-missing': { bucket: 'labs' },
  'store-taken': { bucket: 'labs', permission: 's3:ListBucket' },
  'store-project-unknown': { bucket: 'labs' },
  'store-wrong-region': { bucket: 'labs', given: 'eu-west-1', actual: 'us-east-1' },
  'store-unreachable': { endpoint: 'https://s3.eu-west-1.amazonaws.com', reason: 'ECONNRESET' },
  'store-no-conditions': { endpoint: 'http://127.0.0.1:9000', operation: 'create' },
  'store-credentials': { kind: 's3', reason: 'ExpiredToken' },
  'record-unreadable': { lab: 'demo', place: '/labs/demo/record.json', problems: ['no JSON'] },
  'transition-illegal': { lab: 'demo', from: 'ready', to: 'provisioned' },
  'lease-held': {
    lab: 'demo',
    holder: { user: 'anna', host: 'laptop', pid: 7, command: 'up', since: '2026-11-21T10:00:00.000Z' },
    expiresAt: '2026-11-21T10:01:00.000Z',
  },
  'lease-lost': { lab: 'demo', reason: 'taken over' },
  'lease-token-refused': { field: 'backend', expected: '6445da26', got: '0a0a0a0a' },
})

export const catalogFaults = withCodes<CatalogFault>({
  'distro-unknown': { given: 'debain', near: ['debian'] },
  'provider-unknown': { given: 'locla', near: ['local'] },
  'profile-unknown': { given: 'debian-loca', near: ['debian-local', 'debian-12-local'] },
  'pair-unavailable': { distro: 'debian-13', provider: 'aws', reason: 'no image' },
  'size-unknown': { given: 'huge', known: ['small', 'lab'] },
  'instance-type-invalid': { given: 'x', expected: '4x8192' },
  'catalog-invalid': { problems: [{ ...problem, remedy: 'Name one.' }] },
})

export const driverFaults = withCodes<DriverFault>({
  usage: { problems: [{ field: '/id', expected: 'a name', got: '3' }] },
  interrupted: { signal: 'SIGTERM' },
  'qemu-missing': { binary: 'qemu-system-x86_64' },
  'builder-missing': { tool: 'mmdebstrap' },
  'keyring-missing': { keyring: '/usr/share/keyrings/debian-archive-keyring.gpg' },
  'firmware-missing': { looked: ['/usr/share/OVMF/OVMF_CODE.fd'] },
  'port-taken': { port: 22001 },
  'image-unreachable': { url: 'https://a/b', reason: 'ENOTFOUND' },
  'image-refused': { url: 'https://a/b', status: 404 },
  'image-moved': { pinned: 'sha256:aa', now: 'sha256:bb' },
  'image-invalid': { url: 'https://a/b', reason: 'no qcow2' },
  'checksum-mismatch': { url: 'https://a/b', expected: 'aa', got: 'bb' },
  'checksum-unknown': { url: 'https://a/SHA256SUMS', file: 'b' },
  'download-truncated': { url: 'https://a/b', expected: 10, got: 5 },
  'disk-full': { place: '/cache' },
  'place-unwritable': { place: '/cache', reason: 'EROFS' },
  'build-failed': { log: 'E: first\nE: last\n' },
  'qemu-failed': { stderr: 'qemu: no' },
  'tool-failed': { tool: 'qemu-img', stderr: 'no' },
  'machine-absent': { id: 'distrolab-x', directory: '/m' },
  'machine-broken': { id: 'distrolab-x', directory: '/m', reason: 'no overlay' },
  'machine-busy': { id: 'distrolab-x', pid: 7 },
  'machine-left': { id: 'distrolab-x', left: ['/m/overlay.qcow2'] },
  'machine-stopped': { id: 'distrolab-x' },
  'machine-expired': { id: 'distrolab-x', expiresAt: '2026-11-21T10:00:00.000Z' },
  'baseline-absent': { id: 'distrolab-x' },
  'baseline-failed': { id: 'distrolab-x', reason: 'no room' },
  'baseline-broken': { id: 'distrolab-x', reason: 'another QEMU' },
  'driver-bug': { stack: 'TypeError: x\n  at y' },
})

export const labFaults = withCodes<LabFault>({
  usage: { problem: 'Name a verb.' },
  'config-invalid': { problems: [problem] },
  'lab-unknown': { given: 'dmeo', near: ['demo'] },
  'lab-name-invalid': { given: '-x' },
  'lab-of-other-profile': { lab: 'demo', profile: 'debian-13-local', asked: 'debian-12-local' },
  'reset-not-clean': { lab: 'demo', machine: 'main' },
  'swap-which-lab': { profile: 'debian-12-local', labs: ['one', 'two'] },
  'swap-same-distro': { lab: 'demo', distro: 'debian-12' },
  'swap-other-provider': { lab: 'demo', provider: 'local', asked: 'debian-aws' },
  'swap-not-begun': {
    ...{ lab: 'demo', distro: 'debian-13', asked: 'debian-12' },
    fault: { code: 'image-unreachable', url: 'https://a/b', reason: 'ENOTFOUND' },
  },
  'lab-being-destroyed': { lab: 'demo' },
  'lab-on-other-computer': { lab: 'demo', host: 'desktop' },
  'lab-expired': { lab: 'demo', expiresAt: '2026-11-21T10:00:00.000Z' },
  'lab-not-ready': { lab: 'demo', state: 'provision-failed' },
  'machine-unknown': { lab: 'demo', given: 'x', known: ['main'] },
  'size-fixed': { lab: 'demo', has: '2x2048', asked: '4x8192' },
  'engine-missing': { minimum: '1.6.0', rejected: ['/bin/tofu (PATH) is 1.5.0'] },
  'engine-failed': { operation: 'apply', problems: ['broken'] },
  'engine-locked': {
    ...{ lockId: 'abc', who: 'anna@laptop', created: '2026-11-21', holder: 'unknown' },
    ...{ engine: '/bin/tofu', folder: '/cache/work/demo', isEncrypted: false },
  },
  'state-forbidden': { operation: 'apply', reason: 'StatusCode: 403' },
  'state-credentials': { operation: 'init', reason: 'ExpiredToken' },
  'state-unreachable': { operation: 'init', reason: 'no such host' },
  'state-bucket-missing': { operation: 'init', reason: 'S3 bucket does not exist.' },
  'state-undecryptable': { operation: 'init' },
  'state-encrypted': { operation: 'init' },
  'state-unreadable': { operation: 'init' },
  'state-unencrypted': { operation: 'init' },
  'passphrase-missing': { variable: 'LABS_PASSPHRASE' },
  'passphrase-short': { variable: 'LABS_PASSPHRASE', minimum: 16 },
  'engine-lock-raced': { operation: 'apply' },
  'state-superseded': { place: '/cache/errored.tfstate', problems: ['cannot import state with serial 1'] },
  'engine-disk-full': { operation: 'apply' },
  driver: { fault: { code: 'disk-full', place: '/cache' } },
  'driver-crashed': { verb: 'create', output: 'Killed\n' },
  'prerequisites-missing': { missing: [{ name: 'qemu-img', purpose: 'makes disks' }], install: 'apt-get x' },
  'prerequisites-not-installable': { reason: 'no apt-get', install: 'apt-get x' },
  'key-unreadable': { path: '/k', reason: 'there is no such file' },
  'key-passphrase': { path: '/k', agent: false },
  'key-not-in-agent': { path: '/k.pub', agent: true },
  'key-not-on-lab': { lab: 'demo', path: '/k', takes: ['github:bob'] },
  'key-missing': { lab: 'demo', takes: ['github:bob'] },
  'agent-unreachable': { socket: '/s', reason: 'ECONNREFUSED' },
  'ssh-timeout': { lab: 'demo', machine: 'main', seconds: 60, lastSeen: 'port closed', console: 'a\nb' },
  'ssh-failed': { lab: 'demo', machine: 'main', reason: 'closed' },
  'ssh-program-missing': {},
  'host-key-changed': { lab: 'demo', machine: 'main', expected: 'ssh-ed25519 A', got: 'ssh-ed25519 B' },
  'cloud-init-failed': { lab: 'demo', machine: 'main', errors: ['no network'] },
  'cloud-init-timeout': { lab: 'demo', machine: 'main', seconds: 60, stage: 'final stage' },
  'clock-not-set': { lab: 'demo', machine: 'main', reason: 'sudo: a password is required' },
  'no-free-port': {},
  leftovers: { lab: 'demo', left: ['/m/overlay.qcow2'] },
  'listing-failed': { reason: 'EACCES' },
  'session-unknown': {},
  'not-confirmed': { command: 'down demo' },
  'confirmation-needed': { command: 'lock break demo' },
  'folder-unwritable': { place: '/out', reason: 'EROFS' },
  interrupted: { signal: 'SIGINT' },
})
