import { constants, existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../context.js'
import type { Environment } from '../env.js'
import { LabError, type MissingPrerequisite } from '../errors.js'
import { run, RunError } from '../run.js'

/** A program or file of the system that the local provider needs, and the Debian package that has it. */
export interface Prerequisite {
  readonly name: string
  readonly package: string
  readonly purpose: string
  /** Any one of these: a bare name is looked up on PATH, an absolute path must exist. */
  readonly anyOf: readonly string[]
  /** The arguments that print its version; none for plain files. */
  readonly versionArgs?: readonly string[]
}

const QEMU = process.arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64'

export const LOCAL_PREREQUISITES: readonly Prerequisite[] = [
  {
    name: QEMU,
    package: process.arch === 'arm64' ? 'qemu-system-arm' : 'qemu-system-x86',
    purpose: 'runs the VM',
    anyOf: [QEMU],
    versionArgs: ['--version'],
  },
  {
    name: 'qemu-img',
    package: 'qemu-utils',
    purpose: 'creates disks',
    anyOf: ['qemu-img'],
    versionArgs: ['--version'],
  },
  {
    name: 'UEFI firmware',
    package: process.arch === 'arm64' ? 'qemu-efi-aarch64' : 'ovmf',
    purpose: 'boots vendor images',
    anyOf: [
      '/usr/share/OVMF/OVMF_CODE_4M.fd',
      '/usr/share/OVMF/OVMF_CODE.fd',
      '/usr/share/edk2/x64/OVMF_CODE.4m.fd',
      '/usr/share/edk2/ovmf/OVMF_CODE.fd',
      '/usr/share/AAVMF/AAVMF_CODE.fd',
    ],
  },
  {
    name: 'mmdebstrap',
    package: 'mmdebstrap',
    purpose: 'builds an image when none can be downloaded',
    anyOf: ['mmdebstrap'],
    versionArgs: ['--version'],
  },
  {
    name: 'newuidmap',
    package: 'uidmap',
    purpose: 'lets ordinary users build an image',
    anyOf: ['newuidmap'],
  },
  {
    name: 'mkfs.ext4',
    package: 'e2fsprogs',
    purpose: 'builds an image',
    anyOf: ['mkfs.ext4', '/usr/sbin/mkfs.ext4', '/sbin/mkfs.ext4'],
  },
  {
    name: 'mount',
    package: 'mount',
    purpose: 'builds an image',
    anyOf: ['mount'],
    versionArgs: ['--version'],
  },
  {
    name: 'Debian archive keyring',
    package: 'debian-archive-keyring',
    purpose: 'verifies the packages of a built image',
    anyOf: [
      '/usr/share/keyrings/debian-archive-keyring.gpg',
      '/usr/share/keyrings/debian-archive-keyring.pgp',
    ],
  },
  { name: 'ssh', package: 'openssh-client', purpose: 'the ssh command', anyOf: ['ssh'], versionArgs: ['-V'] },
]

/** What tells whether this user may build an image. */
export const BUILD_PREREQUISITES: readonly Prerequisite[] = LOCAL_PREREQUISITES.filter(({ name }) =>
  ['mmdebstrap', 'newuidmap', 'mount'].includes(name),
)

/** What converts a disk to the form that a provider accepts. */
const IMPORT_PREREQUISITES: readonly Prerequisite[] = [
  ...LOCAL_PREREQUISITES.filter(({ name }) => name === 'qemu-img'),
  { name: 'tar', package: 'tar', purpose: 'packs disks', anyOf: ['tar'] },
  { name: 'gzip', package: 'gzip', purpose: 'packs disks', anyOf: ['gzip'] },
]

/** Throws LabError prerequisites-missing with everything that is missing and the command that installs it. */
export const checkLocalPrerequisites = ({ env }: Pick<Context, 'env'>): Promise<void> =>
  checkPrerequisites(env, LOCAL_PREREQUISITES)

/** The same for `images import`. */
export const checkImportPrerequisites = ({ env }: Pick<Context, 'env'>): Promise<void> =>
  checkPrerequisites(env, IMPORT_PREREQUISITES)

async function checkPrerequisites(env: Environment, wanted: readonly Prerequisite[]): Promise<void> {
  const missing = await findMissing(env, wanted)
  if (missing.length > 0) {
    throw new LabError({
      code: 'prerequisites-missing',
      missing: missing.map(shown),
      install: installCommand(env, missing),
    })
  }
}

const shown = ({ name, purpose }: Prerequisite): MissingPrerequisite => ({ name, purpose })

export async function findMissing(
  env: Environment,
  wanted: readonly Prerequisite[],
): Promise<Prerequisite[]> {
  const found = await Promise.all(wanted.map((prerequisite) => locate(env, prerequisite)))
  return wanted.filter((_, index) => found[index] === undefined)
}

/** Where a prerequisite was found; undefined if it was not. */
export async function locate(env: Environment, { anyOf }: Prerequisite): Promise<string | undefined> {
  for (const candidate of anyOf) {
    const paths = candidate.startsWith('/') ? [candidate] : env.path.map((folder) => join(folder, candidate))
    for (const path of paths) if (await isReadable(path)) return path
  }
  return undefined
}

const isReadable = (path: string): Promise<boolean> =>
  access(path, constants.R_OK).then(
    () => true,
    () => false,
  )

/** The exact command for this user. It uses apt, because the package names are Debian's. */
export function installCommand(env: Environment, missing: readonly Prerequisite[]): string {
  const packages = packagesOf(missing).join(' ')
  const sudo = env.isRoot ? '' : 'sudo '
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${packages}`
}

const packagesOf = (missing: readonly Prerequisite[]): string[] => [
  ...new Set(missing.map((one) => one.package)),
]

/**
 * Installs with apt, as root or through sudo without a password prompt. If that is impossible, throws
 * LabError prerequisites-not-installable with the command to type.
 */
export async function installPrerequisites(
  env: Environment,
  missing: readonly Prerequisite[],
  say: (text: string) => void,
): Promise<void> {
  const install = installCommand(env, missing)
  if (!existsSync('/usr/bin/apt-get')) {
    throw new LabError({
      code: 'prerequisites-not-installable',
      reason: 'this system has no apt-get',
      install,
    })
  }
  const packages = packagesOf(missing)
  say(`Installing ${packages.join(', ')} …`)
  try {
    await runApt(env, ['update', '-q'])
    await runApt(env, ['install', '-y', '-q', '--no-install-recommends', ...packages])
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    const { failure } = error
    const reason =
      failure.kind === 'spawn-failed' ? failure.reason : lastLines(failure.stderr || failure.stdout)
    throw new LabError({ code: 'prerequisites-not-installable', reason, install }, { cause: error })
  }
}

function runApt(env: Environment, args: readonly string[]): Promise<unknown> {
  const variables = ['DEBIAN_FRONTEND=noninteractive', 'apt-get']
  const [program, ...prefix] = env.isRoot ? ['env', ...variables] : ['sudo', '-n', 'env', ...variables]
  return run(program ?? 'env', [...prefix, ...args])
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-5).join('\n')
