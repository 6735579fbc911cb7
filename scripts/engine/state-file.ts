import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LabName } from '../../backend/lab-name.js'
import { objectPlace, type BackendLocation } from '../../backend/location.js'
import { tofuStateKey, tofuStatePrefix } from '../../backend/keys.js'
import type { ObjectStore } from '../../backend/store.js'

/** What OpenTofu has written of a lab, read without starting it. */
export type EngineState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly place: string; readonly reason: string }
  /** Only an engine with its passphrase or key can read it. */
  | { readonly kind: 'encrypted' }
  /** `resources`: the addresses of what it made and has not destroyed. */
  | { readonly kind: 'readable'; readonly resources: readonly string[] }

/** The lock that an engine holds on a state while it changes it, or that one left behind. */
export interface EngineLock {
  /** What `tofu force-unlock` wants. */
  readonly id: string
  readonly who: string
  readonly operation: string
  readonly created: string
}

export interface EngineFiles {
  readonly state: EngineState
  readonly lock: EngineLock | undefined
}

interface StateDocument {
  readonly resources: readonly {
    readonly type: string
    readonly name: string
    readonly instances: readonly unknown[]
  }[]
}

export async function readEngineFiles(
  store: ObjectStore,
  location: BackendLocation,
  lab: LabName,
): Promise<EngineFiles> {
  const stateKey = location.kind === 'gcs' ? `${tofuStatePrefix(lab)}/default.tfstate` : tofuStateKey(lab)
  const place = objectPlace(location, stateKey)
  if (location.kind === 'directory') {
    const state = await readAtRest(place)
    const lock = await readOptional(join(dirname(place), `.${basename(place)}.lock.info`))
    return { state, lock: parseLock(lock) }
  }
  const lockKey = location.kind === 'gcs' ? `${tofuStatePrefix(lab)}/default.tflock` : `${stateKey}.tflock`
  const [state, lock] = [await store.get(stateKey), await store.get(lockKey)]
  // OpenTofu's gcs backend knows a lock by the object's generation only.
  const id = location.kind === 'gcs' ? { id: lock?.version ?? '' } : {}
  const parsed = parseLock(lock?.body)
  return { state: parseState(state?.body, place), lock: parsed && { ...parsed, ...id } }
}

function parseState(text: string | undefined, place: string): EngineState {
  if (text === undefined) return { kind: 'absent' }
  try {
    const document = JSON.parse(text) as StateDocument | { readonly encrypted_data: string }
    if ('encrypted_data' in document) return { kind: 'encrypted' }
    const made = document.resources.filter(({ instances }) => instances.length > 0)
    return { kind: 'readable', resources: made.map(({ type, name }) => `${type}.${name}`) }
  } catch (error) {
    return { kind: 'unreadable', place, reason: (error as Error).message }
  }
}

const LOOKS = 10
const PAUSE_MS = 200

/**
 * An engine writes a local state over the old one, so that half of it is there for a moment; one that was killed then
 * leaves it like that.
 */
async function readAtRest(place: string): Promise<EngineState> {
  for (let look = 1; ; look++) {
    const state = parseState(await readOptional(place), place)
    if (state.kind !== 'unreadable' || look === LOOKS) return state
    await sleep(PAUSE_MS)
  }
}

/** One that was cut short is still one: who made it is then unknown. */
function parseLock(text: string | undefined): EngineLock | undefined {
  if (text === undefined) return undefined
  const found = (field: string): string => new RegExp(`"${field}":"([^"]*)"`).exec(text)?.[1] ?? ''
  return { id: found('ID'), who: found('Who'), operation: found('Operation'), created: found('Created') }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
