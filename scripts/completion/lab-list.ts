import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { labOfLivingKey, labsPrefix, livingComplete, livingPrefix, recordKey } from '../../backend/keys.js'
import { readIfPlainSync } from '../../backend/plain-file.js'
import { isLabName, type LabName } from '../../backend/lab-name.js'
import { placeId, type BackendLocation } from '../../backend/location.js'
import { systemErrorOf } from '../../backend/system-error.js'
import { ensureFolder, labNamesFile, putFile } from '../workspace.js'
import { parseKnownLab, type KnownLab } from './known-lab.js'

/** A bucket's labs from its last listing; old ones are offered while a new listing runs. */
interface Cache {
  /** Milliseconds since 1970. */
  readonly listedAt: number
  readonly askedAt: number
  readonly labs: readonly KnownLab[]
}

/** How long a bucket's list is fresh, and how long a listing may take before another one starts. */
const FRESH_MS = 30_000
const PATIENCE_MS = 20_000

/**
 * Reads every record of a folder that `typed` can mean, or only those of labs that may be living. An
 * unreadable record hides no other.
 */
export function labsInFolder(folder: string, typed: string, which: 'living' | 'all'): KnownLab[] {
  const living = which === 'all' ? undefined : livingOf(namesIn(join(folder, livingPrefix)))
  return (living ?? namesIn(join(folder, labsPrefix)))
    .filter(isLabName)
    .filter((name) => name.startsWith(typed))
    .flatMap((name) => readLab(folder, name))
}

/** Undefined if the index is incomplete, as in a backend from before it existed. */
function livingOf(names: readonly string[]): readonly string[] | undefined {
  const keys = names.map((name) => `${livingPrefix}${name}`)
  if (!keys.includes(livingComplete)) return undefined
  return [...new Set(keys.flatMap((key) => labOfLivingKey(key) ?? []))]
}

function readLab(folder: string, name: LabName): readonly KnownLab[] {
  const value = readJson(join(folder, recordKey(name)))
  const known = parseKnownLab(value)
  return known?.lab === name ? [known] : []
}

/**
 * Never waits for a bucket: the answer is what its cache holds. If that is old, `ask` is called, and must
 * list the bucket with `writeBucketLabs` in a separate process.
 */
export async function labsOfBucket(
  cache: string,
  location: BackendLocation,
  now: number,
  ask: () => Promise<void>,
): Promise<readonly KnownLab[]> {
  const file = labNamesFile({ cache, placeId: placeId(location) })
  const known = readCache(file)
  if (now - known.listedAt > FRESH_MS && now - known.askedAt > PATIENCE_MS) {
    await writeCache(file, { ...known, askedAt: now })
    await ask()
  }
  return known.labs
}

export async function writeBucketLabs(
  cache: string,
  location: BackendLocation,
  now: number,
  labs: readonly unknown[],
): Promise<void> {
  const known = labs.map(parseKnownLab).filter((lab) => lab !== undefined)
  await writeCache(labNamesFile({ cache, placeId: placeId(location) }), {
    listedAt: now,
    askedAt: now,
    labs: known,
  })
}

async function writeCache(file: string, cache: Cache): Promise<void> {
  await ensureFolder(dirname(file))
  await putFile(file, JSON.stringify(cache))
}

function readCache(file: string): Cache {
  const value = readJson(file) as Partial<Record<keyof Cache, unknown>> | undefined
  const labs = Array.isArray(value?.labs) ? value.labs.map(parseKnownLab) : []
  return {
    listedAt: Number(value?.listedAt ?? 0),
    askedAt: Number(value?.askedAt ?? 0),
    labs: labs.filter((lab) => lab !== undefined),
  }
}

/** Undefined if it is not a file, cannot be read or is not JSON: then there is nothing to offer. */
function readJson(file: string): unknown {
  try {
    const text = readIfPlainSync(file)
    return text === undefined ? undefined : JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    if (systemErrorOf(error) !== undefined) return []
    throw error
  }
}
