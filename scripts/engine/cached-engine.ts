import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPlain } from '../../backend/plain-file.js'
import semver from 'semver'
import type { Environment } from '../env.js'
import { engineFolder, putFile } from '../workspace.js'
import { digestOf, type ExpectedEngine } from './engine-digest.js'

/** The engine that an earlier command has put into the cache, as it was then. */
export interface CachedEngine {
  readonly version: string
  readonly expected: ExpectedEngine
}

export const cachedEngine = (env: Environment): string => join(engineFolder(env), 'tofu')
const noteOf = (env: Environment): string => `${cachedEngine(env)}.json`

/** Undefined where nothing says what the one in the cache must be: then it is not run. */
export async function readCached(env: Environment): Promise<CachedEngine | undefined> {
  const text = (await readIfPlain(noteOf(env))) ?? '{}'
  try {
    const { version, sha256 } = JSON.parse(text) as { readonly version?: unknown; readonly sha256?: unknown }
    if (typeof version !== 'string' || typeof sha256 !== 'string') return undefined
    if (semver.valid(version) === null || !/^[0-9a-f]{64}$/.test(sha256)) return undefined
    return { version, expected: { sha256, called: 'what distrolab put there' } }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Puts a binary into the cache. One that is there without its note, as after a crash, is not run. */
export async function putCached(env: Environment, made: string, version: string): Promise<void> {
  const file = await open(made)
  const sha256 = await digestOf(file).finally(() => file.close())
  await rename(made, cachedEngine(env))
  await putFile(noteOf(env), `${JSON.stringify({ version, sha256 })}\n`)
}
