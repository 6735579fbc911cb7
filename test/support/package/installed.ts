import { execFile } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import { chown, cp, lstat, mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sourcePath } from '../cli/support.js'
import { packagedEngine } from '../../../scripts/engine/release.js'
import type { Sandbox } from '../../stand-in/sandbox.js'

const runFile = promisify(execFile)
const NOBODY = 65534
/** Tests of CI run as root, who may do anything; what is installed must work for everybody else. */
const OTHER = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

export interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The package as `npm pack` makes it of the tree that is built. */
export async function packInto(folder: string): Promise<Packed> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = await runFile('npm', args, { cwd: sourcePath(''), maxBuffer: 1 << 24 })
  const printed = JSON.parse(stdout) as Packed[] | Record<string, Packed>
  const [packed] = Object.values(printed)
  if (packed === undefined) throw new Error(`npm pack said ${stdout}`)
  return packed
}

/** One installation of the package, as `npm install -g` makes it. */
export class Installed {
  private constructor(readonly prefix: string) {}

  /** Needs no network: the package has no dependencies but the engine, which `addEngine` adds. */
  static async from(tarball: string, prefix: string): Promise<{ installed: Installed; said: string }> {
    const flags = ['--offline', '--omit=optional', '--no-audit', '--no-fund', '--no-update-notifier']
    const places = ['--prefix', prefix, '--cache', `${prefix}.cache`]
    const { stdout, stderr } = await runFile('npm', ['install', '-g', ...flags, ...places, tarball])
    chmodSync(prefix, 0o755)
    return { installed: new Installed(prefix), said: `${stdout}${stderr}` }
  }

  get root(): string {
    return join(this.prefix, 'lib/node_modules/distrolab')
  }

  get engine(): string {
    return join(this.root, 'node_modules', packagedEngine.package, 'tofu')
  }

  /** A copy of the optional dependency of this clone. */
  async addEngine(): Promise<void> {
    const name = join('node_modules', packagedEngine.package)
    await cp(sourcePath(name), join(this.root, name), { recursive: true })
  }

  /** In bytes on disk. */
  async size(): Promise<number> {
    const paths = await readdir(this.prefix, { recursive: true })
    const stats = await Promise.all(paths.map((path) => lstat(join(this.prefix, path))))
    return stats.reduce((sum, { blocks }) => sum + blocks * 512, 0)
  }

  /** Types `distrolab …` as an ordinary user, in that user's home. */
  async run(user: User, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const options = { ...OTHER, cwd: user.home, env: { ...user.env, ...more } }
    try {
      return { code: 0, ...(await runFile(join(this.prefix, 'bin/distrolab'), args, options)) }
    } catch (error) {
      return error as Ran
    }
  }

  async ok(user: User, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(user, args)
    if (code !== 0) throw new Error(`${args.join(' ')} → ${code}\n${stdout}${stderr}`)
    return stdout
  }
}

/** Somebody with a home, and with nothing of distrolab in the environment but the stand-in for QEMU. */
export interface User {
  readonly home: string
  readonly env: NodeJS.ProcessEnv
}

/** Everything in the sandbox is theirs; the cached images are where they are by default. */
export async function userOf(box: Sandbox): Promise<User> {
  const home = join(box.root, 'user')
  await mkdir(join(home, '.cache'), { recursive: true })
  await rename(box.cache, join(home, '.cache/distrolab'))
  chmodSync(box.root, 0o755)
  if (OTHER.uid !== undefined) {
    const disks = join(box.root, 'disks')
    const paths = [home, disks, ...(await readdir(home, { recursive: true })).map((path) => join(home, path))]
    await Promise.all(paths.map((path) => chown(path, OTHER.uid, OTHER.gid)))
  }
  const { DISTROLAB_QEMU } = box.env
  return {
    home,
    env: { HOME: home, PATH: pathWithout('tofu', 'go'), DISTROLAB_QEMU },
  }
}

/** The folders of PATH that have none of these programs: npm has the engine of this clone there. */
const pathWithout = (...programs: string[]): string =>
  (process.env['PATH'] ?? '')
    .split(':')
    .filter((folder) => !programs.some((program) => existsSync(join(folder, program))))
    .join(':')
