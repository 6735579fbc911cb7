import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { objectPlace, type BackendLocation } from '../../backend/location.js'
import { tofuStatePrefix, type Leasable } from '../../backend/keys.js'
import { readPlainFile } from '../../backend/plain-file.js'
import { stateKey } from '../../backend/state-backend.js'
import type { ObjectStore } from '../../backend/store.js'
import type { EngineProvider } from '../../stacks/engine-provider.js'
import { engineProviders } from '../../stacks/registry.js'
import { foreignIn } from './foreign-state.js'
import { parseState, type ParsedState } from './state-document.js'

/** What OpenTofu has written about a lab, read without starting it. */
export type EngineState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly place: string; readonly reason: string }
  /** Only an engine with the passphrase or key can read it. */
  | { readonly kind: 'encrypted' }
  /** It names something that distrolab did not make. */
  | { readonly kind: 'refused'; readonly place: string; readonly problems: readonly string[] }
  /** `resources`: the addresses of what it made and has not destroyed. */
  | { readonly kind: 'readable'; readonly resources: readonly string[] }

/** The lock that an engine holds on a state while it changes it, or a lock left behind. */
export interface EngineLock {
  /** The id for `tofu force-unlock`. */
  readonly id: string
  readonly who: string
  readonly operation: string
  readonly created: string
}

export interface EngineFiles {
  readonly state: EngineState
  readonly lock: EngineLock | undefined
}

/** `provider`: what the state may name, if known. */
export async function readEngineFiles(
  store: ObjectStore,
  location: BackendLocation,
  lab: Leasable,
  provider: EngineProvider | undefined,
): Promise<EngineFiles> {
  const { key, place } = stateOf(location, lab)
  const state = await readAtRest(store, location, lab, provider)
  if (location.kind === 'directory') {
    const lock = await readPlainFile(join(dirname(place), `.${basename(place)}.lock.info`))
    return { state, lock: parseLock(lock) }
  }
  const lockKey = location.kind === 'gcs' ? `${tofuStatePrefix(lab)}/default.tflock` : `${key}.tflock`
  const lock = await store.get(lockKey)
  // OpenTofu's gcs backend identifies a lock only by the object's generation.
  const id = location.kind === 'gcs' ? { id: lock?.version ?? '' } : {}
  const parsed = parseLock(lock?.body)
  return { state, lock: parsed && { ...parsed, ...id } }
}

/** The text of a state as OpenTofu will read it; undefined if there is none. */
export async function readStateText(
  store: ObjectStore,
  location: BackendLocation,
  owner: Leasable,
): Promise<{ readonly place: string; readonly text: string | undefined }> {
  const { key, place } = stateOf(location, owner)
  return { place, text: (await store.get(key))?.body }
}

function stateOf(location: BackendLocation, owner: Leasable): { key: string; place: string } {
  const key = stateKey(location, owner)
  return { key, place: objectPlace(location, key) }
}

const LOOKS = 10
const PAUSE_MS = 200

/**
 * An engine writes a local state over the old one, so for a moment half of it is there; a killed engine
 * leaves it like that.
 */
async function readAtRest(
  store: ObjectStore,
  location: BackendLocation,
  owner: Leasable,
  provider: EngineProvider | undefined,
): Promise<EngineState> {
  for (let look = 1; ; look++) {
    const { place, text } = await readStateText(store, location, owner)
    if (text === undefined) return { kind: 'absent' }
    const state = parseState(text)
    if (state.kind !== 'broken' || location.kind !== 'directory' || look === LOOKS)
      return engineState(state, place, provider)
    await sleep(PAUSE_MS)
  }
}

function engineState(state: ParsedState, place: string, provider: EngineProvider | undefined): EngineState {
  if (state.kind === 'encrypted') return { kind: 'encrypted' }
  if (state.kind !== 'plain') return { kind: 'unreadable', place, reason: state.reason }
  // If the provider is not known, it may be any.
  const candidates = provider === undefined ? Object.values(engineProviders) : [provider]
  const [problems = []] = candidates
    .map((candidate) => foreignIn(state, candidate))
    .toSorted((one, other) => one.length - other.length)
  if (problems.length > 0) return { kind: 'refused', place, problems }
  const made = state.document.resources.filter(
    ({ instances }) => Array.isArray(instances) && instances.length > 0,
  )
  return { kind: 'readable', resources: made.map(({ type, name }) => `${String(type)}.${String(name)}`) }
}

/** A truncated lock is still a lock; its holder is then unknown. */
function parseLock(text: string | undefined): EngineLock | undefined {
  if (text === undefined) return undefined
  const found = (field: string): string => new RegExp(`"${field}":"([^"]*)"`).exec(text)?.[1] ?? ''
  return { id: found('ID'), who: found('Who'), operation: found('Operation'), created: found('Created') }
}
