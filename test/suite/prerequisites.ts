import { readEnvironment } from '../../scripts/env.js'
import { LabError } from '../../scripts/errors.js'
import { explain } from '../../scripts/explain.js'
import {
  findMissing,
  installPrerequisites,
  LOCAL_PREREQUISITES,
  type Prerequisite,
} from '../../scripts/setup/prerequisites.js'

/** Debian packs Python's pip for each version; one of another origin has its own. */
const ENSUREPIP = ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.15'].map(
  (version) => `/usr/lib/python${version}/ensurepip`,
)

/**
 * What the tests need beyond the product: the tools that put a vendor-like image together, an ssh-agent, and what
 * the servers of `services/` are made with.
 */
const TEST_PREREQUISITES: readonly Prerequisite[] = [
  { name: 'mtools', package: 'mtools', purpose: 'fills an EFI system partition', anyOf: ['mcopy'] },
  { name: 'setfattr', package: 'attr', purpose: 'sets attributes of test files', anyOf: ['setfattr'] },
  { name: 'setfacl', package: 'acl', purpose: 'sets access lists of test files', anyOf: ['setfacl'] },
  { name: 'busybox', package: 'busybox', purpose: 'makes test files without GNU', anyOf: ['busybox'] },
  { name: 'rsync', package: 'rsync', purpose: 'copies to labs by name', anyOf: ['rsync'] },
  {
    name: 'ip',
    package: 'iproute2',
    purpose: 'makes a network for the machines of a cloud',
    anyOf: ['ip', '/usr/sbin/ip', '/sbin/ip'],
  },
  {
    name: 'systemd-boot',
    package: 'systemd-boot-efi',
    purpose: 'boots a vendor-like image',
    anyOf: [
      '/usr/lib/systemd/boot/efi/systemd-bootx64.efi',
      '/usr/lib/systemd/boot/efi/systemd-bootaa64.efi',
    ],
  },
  {
    name: 'sfdisk',
    package: 'fdisk',
    purpose: 'partitions a vendor-like image',
    anyOf: ['sfdisk', '/usr/sbin/sfdisk', '/sbin/sfdisk'],
  },
  {
    name: 'mkfs.vfat',
    package: 'dosfstools',
    purpose: 'formats an EFI system partition',
    anyOf: ['mkfs.vfat', '/usr/sbin/mkfs.vfat', '/sbin/mkfs.vfat'],
  },
  {
    name: 'openssl',
    package: 'openssl',
    purpose: 'makes the certificate of an emulated Azure',
    anyOf: ['openssl'],
  },
  {
    name: 'ssh-agent',
    package: 'openssh-client',
    purpose: 'tests keys held by an agent',
    anyOf: ['ssh-agent'],
  },
  {
    name: 'sftp-server',
    package: 'openssh-sftp-server',
    purpose: 'takes and gives files on a stand-in machine',
    anyOf: ['/usr/lib/openssh/sftp-server'],
  },
  { name: 'zsh', package: 'zsh', purpose: 'completes with Tab', anyOf: ['zsh'] },
  { name: 'fish', package: 'fish', purpose: 'completes with Tab', anyOf: ['fish'] },
  { name: 'python3', package: 'python3', purpose: 'runs an S3 server', anyOf: ['python3'] },
  { name: 'python3-venv', package: 'python3-venv', purpose: 'installs an S3 server', anyOf: ENSUREPIP },
  {
    name: 'CA certificates',
    package: 'ca-certificates',
    purpose: 'fetches the sources of servers',
    anyOf: ['/etc/ssl/certs/ca-certificates.crt'],
  },
]

/** What is missing is installed; throws in a person's words what cannot be. */
export async function installTestPrerequisites(say: (text: string) => void): Promise<void> {
  const env = readEnvironment()
  const missing = await findMissing(env, [...LOCAL_PREREQUISITES, ...TEST_PREREQUISITES])
  if (missing.length === 0) return
  await installPrerequisites(env, missing, say).catch((error: unknown) => {
    if (!(error instanceof LabError)) throw error
    const { message, hint } = explain(error)
    throw new Error(`${message}\n${hint}`, { cause: error })
  })
}
