import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CLI, type CliRun } from './lab-cli.js'

/** A user's state and cache folders, and the environment of their commands. */
interface Computer {
  readonly root: string
  readonly home: string
  readonly cache: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * Another computer with the same paths, user, host name and machine id: in its own mount namespace, other
 * folders are at the paths of the first one's home and cache. Needs root.
 */
export class SamePath {
  private constructor(
    private readonly first: Computer,
    /** Where the other computer's home really is. */
    readonly home: string,
    readonly cache: string,
  ) {}

  static async of(first: Computer): Promise<SamePath> {
    const [home, cache] = [join(first.root, 'other-home'), join(first.root, 'other-cache')]
    for (const folder of [home, cache, first.home, first.cache]) await mkdir(folder, { recursive: true })
    return new SamePath(first, home, cache)
  }

  /** Not another computer, but one more container with the same folders. */
  static shared(first: Computer): SamePath {
    return new SamePath(first, first.home, first.cache)
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliRun> {
    return this.#shell(`exec "$@"`, [process.execPath, CLI, ...args], env)
  }

  /**
   * Runs commands one after the other in their own process namespace, which ends with everything they
   * started.
   */
  script(commands: string, env: Readonly<Record<string, string>> = {}): Promise<CliRun> {
    const lab = `distrolab() { '${process.execPath}' '${CLI}' "$@"; }`
    return this.#shell(`exec unshare --pid --fork --mount-proc sh -c "$1"`, [`${lab}\n${commands}`], env)
  }

  #shell(script: string, words: readonly string[], env: Readonly<Record<string, string>>): Promise<CliRun> {
    const { first, home, cache } = this
    const mounts = `mount --bind '${home}' '${first.home}' && mount --bind '${cache}' '${first.cache}'`
    const args = ['--mount', '--propagation', 'private', 'sh', '-c', `${mounts} && ${script}`, 'sh', ...words]
    return new Promise((resolve) => {
      const options = { env: { ...first.env, ...env }, cwd: '/', maxBuffer: 1 << 24 }
      const child = execFile('unshare', args, options, (_error, stdout, stderr) => {
        resolve({ code: child.exitCode, stdout, stderr, json: <T>() => JSON.parse(stdout) as T })
      })
    })
  }
}
