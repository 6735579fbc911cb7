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
  'backend-unsupported': { given: 's3://bucket', kind: 's3' },
  'backend-url-invalid': { given: 'nope', expected: 'a URL' },
  'record-unreadable': { lab: 'demo', place: '/labs/demo/record.json', problems: ['no JSON'] },
  'transition-illegal': { lab: 'demo', from: 'ready', to: 'provisioned' },
  'lease-held': {
    lab: 'demo',
    holder: { user: 'anna', host: 'laptop', pid: 7, command: 'up', since: '2026-11-21T10:00:00.000Z' },
    expiresAt: '2026-11-21T10:01:00.000Z',
  },
  'lease-lost': { lab: 'demo', reason: 'taken over' },
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
  'driver-bug': { stack: 'TypeError: x\n  at y' },
})

export const labFaults = withCodes<LabFault>({
  usage: { problem: 'Name a verb.' },
  'config-invalid': { problems: [problem] },
  'lab-unknown': { given: 'dmeo', near: ['demo'] },
  'lab-name-invalid': { given: '-x' },
  'lab-of-other-profile': { lab: 'demo', profile: 'debian-13-local', asked: 'debian-12-local' },
  'lab-being-destroyed': { lab: 'demo' },
  'lab-on-other-computer': { lab: 'demo', host: 'desktop' },
  'lab-not-ready': { lab: 'demo', state: 'provision-failed' },
  'machine-unknown': { lab: 'demo', given: 'x', known: ['main'] },
  'size-fixed': { lab: 'demo', has: '2x2048', asked: '4x8192' },
  'engine-missing': { minimum: '1.6.0', rejected: ['/bin/tofu (PATH) is 1.5.0'] },
  'engine-failed': { operation: 'apply', problems: ['broken'] },
  'engine-locked': { lockId: 'abc', who: 'anna@laptop', created: '2026-11-21' },
  'engine-disk-full': { operation: 'apply' },
  driver: { fault: { code: 'disk-full', place: '/cache' } },
  'driver-crashed': { verb: 'create', output: 'Killed\n' },
  'prerequisites-missing': { missing: [{ name: 'qemu-img', purpose: 'makes disks' }], install: 'apt-get x' },
  'prerequisites-not-installable': { reason: 'no apt-get', install: 'apt-get x' },
  'key-unreadable': { path: '/k', reason: 'there is no such file' },
  'key-passphrase': { path: '/k', agent: false },
  'key-not-in-agent': { path: '/k.pub', agent: true },
  'key-not-on-lab': { lab: 'demo', path: '/k' },
  'key-missing': { lab: 'demo' },
  'agent-unreachable': { socket: '/s', reason: 'ECONNREFUSED' },
  'ssh-timeout': { lab: 'demo', machine: 'main', seconds: 60, lastSeen: 'port closed', console: 'a\nb' },
  'ssh-failed': { lab: 'demo', machine: 'main', reason: 'closed' },
  'ssh-program-missing': {},
  'host-key-changed': { lab: 'demo', machine: 'main', expected: 'ssh-ed25519 A', got: 'ssh-ed25519 B' },
  'cloud-init-failed': { lab: 'demo', machine: 'main', errors: ['no network'] },
  'cloud-init-timeout': { lab: 'demo', machine: 'main', seconds: 60, stage: 'final stage' },
  'no-free-port': {},
  leftovers: { lab: 'demo', left: ['/m/overlay.qcow2'] },
  'not-confirmed': { command: 'down demo' },
  'folder-unwritable': { place: '/out', reason: 'EROFS' },
  interrupted: { signal: 'SIGINT' },
})
