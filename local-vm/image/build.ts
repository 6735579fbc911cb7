import { open, rm, stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownUserId } from '../../backend/own-user.js'
import type { Context } from '../machine/context.js'
import { DriverError, writeFailure } from '../errors.js'
import { imageFiles, type ImageFiles } from '../files.js'
import { makeFolder } from '../machine/folder.js'
import type { Architecture, ImageBuild } from '../protocol.js'
import { runTool, ToolFailure } from '../run.js'
import { causeIn } from './build-causes.js'
import { mayMount, missingRight } from './build-rights.js'
import { filesystemHook, initramfsHook, PACKAGES, settleHook } from './build-hooks.js'
import { inBuildFolder } from './build-folder.js'
import { convertToQcow2 } from './qemu-img.js'

/** Sparse: the file system of a built image; a machine's own overlay grows at its first boot. */
const ROOT_BYTES = 3 * 1024 ** 3
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const KEYRING_PLACES = [KEYRING, '/etc/apt/trusted.gpg.d/debian-archive-keyring.gpg']
const DEBIAN_ARCHITECTURE = { x86_64: 'amd64', aarch64: 'arm64' } as const
const LOG_LINES = 40

/**
 * Builds a bootable Debian root with kernel and initrd in `directory`, as root or as an ordinary user (then
 * in a user namespace). Throws builder-missing, keyring-missing, build-failed, disk-full, place-unwritable.
 */
export async function buildImage(
  build: ImageBuild,
  architecture: Architecture,
  directory: string,
  context: Context,
): Promise<ImageFiles> {
  const files = imageFiles(directory)
  const raw = join(directory, 'root.raw')
  context.report('build', `mmdebstrap ${build.suite} from ${build.mirror}`)
  // The folder has mode 0700, so that the raw file itself can be open to the mapped root of a user namespace.
  await makeFolder(directory)
  await debootstrap(build, architecture, directory, raw, context)
  context.report('convert', files.disk)
  await convertToQcow2(raw, files.disk, { signal: context.signal, sourceFormat: 'raw' })
  await rm(raw)
  return files
}

async function debootstrap(
  build: ImageBuild,
  architecture: Architecture,
  directory: string,
  raw: string,
  context: Context,
): Promise<void> {
  const missing = await missingRight()
  if (missing !== undefined) throw new DriverError({ code: 'build-failed', cause: missing, log: '' })
  const args = debootstrapArgs(build, architecture, await findKeyring())
  const file = await open(raw, 'w+', 0o666)
  const log: string[] = []
  const onErrorLine = (line: string): void => {
    log.push(line)
    const step = /^I: (.*)$/.exec(line)?.[1]
    if (step !== undefined) context.report('build', step.replace(/ in shell: .*/, ''))
  }
  try {
    await file.chmod(0o666)
    await file.truncate(ROOT_BYTES)
    await inBuildFolder(async (environment, onStart) => {
      const options = { cwd: directory, signal: context.signal, descriptor3: file.fd, onErrorLine }
      await runTool('mmdebstrap', ['--version'])
      const [binary = '', ...words] = [...(await privateMounts()), 'mmdebstrap', ...args]
      await runTool(binary, words, { ...options, environment, onStart })
    })
  } catch (error) {
    throw await buildFailure(error, log, directory)
  } finally {
    await file.close()
  }
}

/**
 * Root's build mounts /proc, /sys and devices below its folder. In their own mount namespace they vanish with
 * it, however it ends; an ordinary user's build has such a namespace anyway. If root may not mount, there are
 * no mounts.
 */
async function privateMounts(): Promise<string[]> {
  const isNeeded = ownUserId() === 0 && (await mayMount())
  return isNeeded ? ['unshare', '--mount', '--propagation', 'private'] : []
}

/** The command line of mmdebstrap. The last hooks download kernel and initrd into the working directory. */
export function debootstrapArgs(
  build: ImageBuild,
  architecture: Architecture,
  keyring: string | undefined,
): string[] {
  const debianName = DEBIAN_ARCHITECTURE[architecture]
  return [
    '--variant=minbase',
    '--format=null',
    `--architectures=${debianName}`,
    '--skip=cleanup/apt,cleanup/reproducible',
    `--include=${[`linux-image-cloud-${debianName}`, ...PACKAGES].join(',')}`,
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    ...(keyring === undefined ? [] : [`--keyring=${keyring}`]),
    `--essential-hook=${initramfsHook}`,
    `--customize-hook=${settleHook}`,
    `--customize-hook=${filesystemHook}`,
    '--customize-hook=download /vmlinuz vmlinuz',
    '--customize-hook=download /initrd.img initrd.img',
    build.suite,
    '/dev/null',
    build.mirror,
  ]
}

/** On Ubuntu and others, Debian's keys come with the package debian-archive-keyring. */
async function findKeyring(): Promise<string> {
  for (const place of KEYRING_PLACES) {
    const found = await stat(place).catch(() => undefined)
    if (found !== undefined) return place
  }
  throw new DriverError({ code: 'keyring-missing', keyring: KEYRING })
}

async function buildFailure(error: unknown, log: readonly string[], directory: string): Promise<unknown> {
  if (!(error instanceof ToolFailure)) return writeFailure(error, directory)
  if (error.kind === 'spawn-failed') {
    return new DriverError({ code: 'builder-missing', tool: error.binary }, { cause: error })
  }
  const text = (log.length > 0 ? log : error.output.stderr.split('\n')).slice(-LOG_LINES).join('\n')
  const cause = causeIn(text)
  if (cause === 'disk-full') {
    const place = await fullestOf([directory, tmpdir()])
    return new DriverError({ code: 'disk-full', place }, { cause: error })
  }
  if (/newuidmap|newgidmap/.test(text) && /not found|No such file|cannot/.test(text)) {
    return new DriverError({ code: 'builder-missing', tool: 'newuidmap' }, { cause: error })
  }
  return new DriverError({ code: 'build-failed', cause, log: text }, { cause: error })
}

/** The root is made in the temporary folder, the disk in the cache's. */
async function fullestOf(folders: readonly string[]): Promise<string> {
  const places = await Promise.all(
    folders.map(async (folder) => {
      const { bavail, bsize } = await statfs(folder)
      return { folder, free: bavail * bsize }
    }),
  )
  return places.sort((a, b) => a.free - b.free)[0]?.folder ?? ''
}
