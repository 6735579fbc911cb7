import { readEnvironment } from '../scripts/env.js'
import { explain } from '../scripts/explain.js'
import {
  findMissing,
  installPrerequisites,
  LOCAL_PREREQUISITES,
  type Prerequisite,
} from '../scripts/prerequisites.js'

/** What the tests need beyond the product: the tools that put a vendor-like image together, and an ssh-agent. */
const TEST_PREREQUISITES: readonly Prerequisite[] = [
  { name: 'mtools', package: 'mtools', purpose: 'fills an EFI system partition', anyOf: ['mcopy'] },
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
    name: 'ssh-agent',
    package: 'openssh-client',
    purpose: 'tests keys held by an agent',
    anyOf: ['ssh-agent'],
  },
]

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Run by `npm test` before the tests: what is missing is installed, and what can't be installed is a failure. */
try {
  const env = readEnvironment()
  const missing = await findMissing(env, [...LOCAL_PREREQUISITES, ...TEST_PREREQUISITES])
  if (missing.length > 0) await installPrerequisites(env, missing, say)
} catch (error) {
  const { message, hint } = explain(error)
  say(`${message}\n${hint}`)
  process.exitCode = 1
}
