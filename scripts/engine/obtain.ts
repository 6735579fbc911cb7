import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withGuard } from '../../backend/guard.js'
import type { Environment } from '../env.js'
import { ensureFolder, engineFolder } from '../workspace.js'
import { buildEngine, findGo } from './build-engine.js'
import { downloadRelease, probeRelease } from './download-release.js'
import { cachedEngine, putCached, readCached } from './cached-engine.js'
import { distrustOf } from './engine-digest.js'
import { engineVersion } from './engine-version.js'
import { release } from './release.js'
import type { ObtainOptions } from './obtain-options.js'
import type { Engine } from './resolve.js'

/** One way to get an engine: makes `tofu` in an empty folder, or returns why it failed. */
type Way = (options: ObtainOptions, folder: string) => Promise<string | undefined>

const WAYS: readonly (readonly [Engine['source'], Way])[] = [
  ['release', downloadRelease],
  ['Go module', buildEngine],
]

/** Longer than the slowest build; a dead process is noticed immediately. In milliseconds. */
const PATIENCE_MS = 3_600_000

/**
 * Gets the pinned OpenTofu into the cache by the first way that works and returns it, or returns why each way
 * failed. If two processes want it at once, the second waits and finds it there.
 */
export async function obtainEngine(
  options: ObtainOptions,
): Promise<Engine | { readonly failures: readonly string[] }> {
  const { env, signal, progress } = options
  const folder = await ensureFolder(engineFolder(env))
  const guard = {
    timeoutMs: PATIENCE_MS,
    signal,
    onWait: (pid: number) =>
      progress.say(`Waiting for process ${pid}, which is getting OpenTofu ${release.version} …`),
  }
  return withGuard(join(folder, 'obtain.guard'), guard, async () => {
    const path = cachedEngine(env)
    const known = await readCached(env)
    if (known?.version === release.version && (await distrustOf(path, env, known.expected)) === undefined) {
      return { path, version: release.version, source: 'cache' }
    }
    progress.beginStep('engine', 1, 1)
    let isDone = false
    try {
      const outcome = await tryWays(options, path)
      isDone = !('failures' in outcome)
      return outcome
    } finally {
      if (isDone) progress.endStep()
      else progress.failStep()
    }
  })
}

async function tryWays(options: ObtainOptions, path: string): Promise<Engine | { failures: string[] }> {
  const failures: string[] = []
  const draft = `${path}.draft`
  for (const [source, way] of WAYS) {
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft)
    try {
      const failure = (await way(options, draft)) ?? (await unlike(join(draft, 'tofu'), options.env))
      if (failure === undefined) {
        await putCached(options.env, join(draft, 'tofu'), release.version)
        return { path, version: release.version, source }
      }
      failures.push(failure)
      options.progress.detail(failure)
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  }
  return { failures }
}

/** Why a program that was just made is not the expected engine. */
async function unlike(path: string, env: Environment): Promise<string | undefined> {
  const version = await engineVersion(path, env.unsetForEngine)
  if (version === release.version) return undefined
  return `the result is not OpenTofu ${release.version}: it ${version === undefined ? 'does not run' : `reports ${version}`}`
}

/** How the next command would get an engine, and why the other ways do not work; gets nothing. */
export async function examineWays(
  options: ObtainOptions,
): Promise<{ readonly way?: string; readonly failures: readonly string[] }> {
  const { url, failure } = await probeRelease(options)
  if (failure === undefined) return { way: `downloads ${release.version} from ${url}`, failures: [] }
  const { go, failure: noGo } = await findGo(options.env.path)
  if (go !== undefined) return { way: `builds ${release.version} with ${go}`, failures: [failure] }
  return { failures: [failure, ...(noGo === undefined ? [] : [noGo])] }
}
