import { join } from 'node:path'
import semver from 'semver'
import { RunError } from '../run.js'
import { findProgram } from './engine-version.js'
import { buildGoProgram, goVersion } from './go-build.js'
import type { ObtainOptions } from './obtain-options.js'
import { engineSource, release } from './release.js'

const SIGN_OF_LIFE_MS = 5_000
const LAST_LINES = 5

/** Builds `tofu` from the official Go module in `folder`. Returns why it failed. */
export async function buildEngine(options: ObtainOptions, folder: string): Promise<string | undefined> {
  const { env, signal, progress } = options
  const { go, failure } = await findGo(env.path)
  if (go === undefined) return failure
  const began = performance.now()
  const say = (): void =>
    progress.detail(
      `building ${release.version} with ${go}, once on this computer, about 5 min on 2 cores: ${Math.round((performance.now() - began) / 1000)} s`,
    )
  say()
  const signOfLife = setInterval(say, SIGN_OF_LIFE_MS)
  try {
    await buildGoProgram(engineSource, { go, folder, output: join(folder, 'tofu'), signal })
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    return `building ${engineSource.module}@v${engineSource.version} with ${go} failed: ${reasonOf(error)}`
  } finally {
    clearInterval(signOfLife)
  }
}

/** The `go` on PATH if it is new enough, else why there is none. */
export async function findGo(
  path: readonly string[],
): Promise<{ readonly go?: string; readonly failure?: string }> {
  const wanted = `building it from its Go module needs go ${engineSource.go} or newer`
  const go = await findProgram('go', path)
  if (go === undefined) return { failure: `${wanted}, and PATH has none` }
  const version = await goVersion(go)
  if (version === undefined) return { failure: `${wanted}, and ${go} does not run` }
  if (semver.lt(version, engineSource.go)) return { failure: `${wanted}, and ${go} is ${version}` }
  return { go }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof RunError)) return error instanceof Error ? error.message : String(error)
  const { failure } = error
  if (failure.kind === 'spawn-failed') return failure.reason
  return failure.stderr.trim().split('\n').slice(-LAST_LINES).join(' | ')
}
