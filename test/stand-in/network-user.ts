import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliProcess, type CliRun } from './lab-cli.js'

/**
 * A user with their own folders who uses an emulated cloud in a network where every address is this
 * computer's.
 */
export class NetworkUser {
  private constructor(
    readonly root: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** `env`: for the cloud and the provider; `config`: the user's own configuration. */
  static async make(env: NodeJS.ProcessEnv, config: string): Promise<NetworkUser> {
    const root = await mkdtemp(join(tmpdir(), 'distrolab-network-'))
    const { PATH, DISTROLAB_TOFU } = process.env
    const configHome = join(root, 'config')
    await mkdir(configHome)
    await writeFile(join(configHome, 'config.yaml'), config)
    return new NetworkUser(root, {
      PATH,
      DISTROLAB_TOFU,
      HOME: join(root, 'user'),
      DISTROLAB_CONFIG_HOME: configHome,
      DISTROLAB_HOME: join(root, 'home'),
      DISTROLAB_CACHE: join(root, 'cache'),
      ...env,
    })
  }

  /** Runs a command that must succeed, and prints on stderr how long it took. */
  async ok(...args: string[]): Promise<CliRun> {
    const began = performance.now()
    const result = await new CliProcess(args, this.env, {}).done
    process.stderr.write(`${args.join(' ')}: ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
    assert.equal(result.code, 0, `${args.join(' ')}\n${result.stdout}${result.stderr}`)
    return result
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true })
  }
}
