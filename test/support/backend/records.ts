import type { ImageRecord } from '../../../backend/image-record-schema.js'
import { withOwnMakes } from '../../../backend/machines.js'
import type { LabRecord, StoredRecord } from '../../../backend/record-schema.js'

const at = '2026-11-21T10:00:00.000Z'
const holder = {
  user: 'anna',
  host: 'laptop',
  pid: 4242,
  startTime: '918273',
  boot: 'd0f5b1a4-4d5c-4f0e-9f0e-2f1f4c9b7a10/pid:[4026531836]/0a1b2c3d4e5f6071',
}
const HOST_KEY = `ssh-ed25519 ${'A'.repeat(68)}`
const PUBLIC_KEY = `ssh-ed25519 ${'B'.repeat(68)}`

type Common = Omit<StoredRecord, 'profile' | 'provider' | 'region' | 'distro' | 'size' | 'image' | 'machines'>

const common: Common = {
  lab: 'web',
  createdAt: at,
  updatedAt: at,
  stateSince: at,
  state: 'ready',
  command: {
    name: 'lock break',
    startedAt: at,
    holder: { ...holder, ciRunUrl: 'https://ci.example.org/x/1' },
  },
  step: { name: 'wait-ssh', startedAt: at },
  steps: [{ name: 'cloud-init', ms: 5123, outcome: 'done' }],
  failure: { step: 'apply', code: 'engine-failed', message: 'OpenTofu failed at apply:\n  no quota' },
  fence: 3,
  eventCount: 7,
  lastEvent: {
    id: '20261121T100000000Z-000007',
    at,
    lab: 'web',
    kind: 'transition',
    from: 'in-use',
    to: 'ready',
    command: 'exec',
    step: null,
    holder: { user: 'anna', host: 'laptop', pid: 4242 },
    fence: 3,
    message: 'the command that used it has ended',
  },
  revision: '6f0c5a7e-1b1d-4a1c-9d3e-2f1f4c9b7a10',
  sshKey: { publicKey: PUBLIC_KEY, source: 'file', path: '/home/anna/.ssh/id ed25519' },
  authorizedKeys: [{ publicKey: PUBLIC_KEY, from: 'github:bob' }],
  fixtures: [{ set: 'sync-basic', at: 'fixtures/sync-basic', seed: 1, machine: 'main' }],
  tags: { 'distrolab-lab': 'web', 'distrolab-backend': '6445da26' },
  owner: { user: 'Anna Smith', host: 'laptop.local' },
  session: 'https://ci.example.org/x/1',
  expiresAt: '2026-11-21T14:00:00.000Z',
  costPerHourUsd: 0.0416,
  engine: { pid: 4300, startTime: '918300', boot: holder.boot, host: 'laptop', startedAt: at },
}

const machine = {
  name: 'main',
  id: 'distrolab-6445da26-web-main',
  port: 22,
  hostKey: HOST_KEY,
  marker: 'distrolab-marker-6f0c5a7e-1b1d-4a1c-9d3e-2f1f4c9b7a10',
}
const size = { vcpus: 2, memoryMiB: 4096, diskGiB: 10 }

type ProviderName = 'local' | 'aws' | 'google' | 'azure'

/** As versions wrote it whose machines did not say themselves what they are made of. */
export const recordsOfBefore: Readonly<Record<ProviderName, StoredRecord>> = {
  local: {
    ...common,
    profile: 'debian-local',
    provider: 'local',
    region: 'local',
    distro: 'debian-13',
    size: { ...size, instanceType: '2x4096' },
    image: { id: `sha256:${'0'.repeat(64)}`, kind: 'built', source: 'http://deb.debian.org/debian trixie' },
    machines: [
      {
        ...machine,
        address: '127.0.0.1',
        port: 20_123,
        user: 'debian',
        place: '/home/anna/.local/state/distrolab/machines/6445da26/web/main',
      },
    ],
    expiresAt: null,
  },
  aws: {
    ...common,
    profile: 'my lab',
    provider: 'aws',
    region: 'eu-central-1',
    zone: 'eu-central-1a',
    spot: true,
    account: '123456789012',
    distro: 'amazon-linux-2023',
    network: { given: 'Prod', at: { id: 'vpc-0a1b2c3d4e5f60718', subnet: 'subnet-0a1b2c3d4e5f60718' } },
    size: { ...size, instanceType: 't3.medium' },
    image: {
      id: 'ami-0123456789abcdef0',
      kind: 'ami',
      source: 'al2023-ami-2023.6.20260101.0-kernel-6.1-x86_64',
    },
    machines: [{ ...machine, address: '203.0.113.7', user: 'ec2-user' }],
    allowFrom: ['198.51.100.4/32', '2001:db8::1/128'],
  },
  google: {
    ...common,
    profile: 'ubuntu-24.04-google',
    provider: 'google',
    region: 'europe-west1',
    zone: 'europe-west1-b',
    account: 'example.com:my-project',
    distro: 'ubuntu-24.04',
    network: { given: 'own' },
    size: { ...size, instanceType: 'n2-custom-4-8192-ext' },
    image: {
      id: 'projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20260101',
      kind: 'image',
      source: 'ubuntu-2404-noble-amd64-v20260101',
    },
    machines: [{ ...machine, address: null, port: null, user: 'ubuntu', hostKey: null, marker: null }],
    allowFrom: [],
  },
  azure: {
    ...common,
    profile: 'rocky-9-azure',
    provider: 'azure',
    region: 'westeurope',
    zone: '1',
    account: '6f0c5a7e-1b1d-4a1c-9d3e-2f1f4c9b7a10',
    distro: 'rocky-9',
    size: { ...size, instanceType: 'Standard_B2as_v2' },
    image: { id: 'resf:rockylinux-x86_64:9-base:9.6.20250531', kind: 'marketplace', source: 'resf' },
    machines: [{ ...machine, address: 'web.westeurope.cloudapp.azure.com', user: 'rocky' }],
  },
}

/** A record of each provider with every field that its writer may write, as versions before the strict forms wrote it. */
export const records: Readonly<Record<ProviderName, LabRecord>> = {
  local: withOwnMakes(recordsOfBefore.local),
  aws: withOwnMakes(recordsOfBefore.aws),
  google: withOwnMakes(recordsOfBefore.google),
  azure: withOwnMakes(recordsOfBefore.azure),
}

export const imageRecord: ImageRecord = {
  provider: 'google',
  distro: 'arch',
  architecture: 'x86_64',
  state: 'imported',
  source: 'https://images.example.org/Arch-Linux-x86_64-cloudimg.qcow2?x=%20',
  digest: `sha256:${'1'.repeat(64)}`,
  upload: 'gs://disks/images/google/arch/x86_64/6445da26-disk.raw.tar.gz?endpoint=https%3A%2F%2Flocalhost',
  account: 'my-project',
  region: 'europe-west1',
  name: 'distrolab-6445da26-arch-x86-64',
  id: 'https://www.googleapis.com/compute/v1/projects/my-project/global/images/arch',
  diskGiB: 3,
  tags: { 'distrolab-image': 'arch-x86_64', 'distrolab-backend': '6445da26' },
  owner: { user: 'anna', host: 'laptop' },
  createdAt: at,
  updatedAt: at,
  step: 'register',
  failure: { step: 'upload', code: 'ssh-failed', message: 'x' },
  engine: null,
  holder: { user: 'anna', host: 'laptop', pid: 4242 },
  revision: '6f0c5a7e-1b1d-4a1c-9d3e-2f1f4c9b7a10',
}
