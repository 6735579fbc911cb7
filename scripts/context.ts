import { hostname } from 'node:os'
import type { Catalog } from '../distro-catalog/catalog.js'
import { cleanLine } from '../backend/clean-text.js'
import { BackendError } from '../backend/errors.js'
import { ensureBackendId, readBackendId } from '../backend/identity.js'
import { directoryLocation, parseBackendUrl, placeId, type BackendLocation } from '../backend/location.js'
import { openStore } from '../backend/open-store.js'
import { currentProcess } from '../backend/process-identity.js'
import type { Holder } from '../backend/record-schema.js'
import type { ObjectStore } from '../backend/store.js'
import { ensureComputerId } from './computer.js'
import type { Config } from './config.js'
import type { Encryption } from './encryption.js'
import type { Environment } from './env.js'
import type { Interrupt } from './interrupt.js'
import type { Progress } from './report/progress.js'
import type { Redact } from './report/redact.js'
import type { Settings } from './settings.js'
import type { Workspace } from './workspace.js'

/** Everything a command works with; each part is loaded or opened only when asked for. */
export interface Context {
  readonly env: Environment
  readonly settings: Settings
  readonly config: Config
  readonly location: BackendLocation
  /** Its `backendId` is known once the store has been opened. */
  readonly space: Workspace
  readonly progress: Progress
  readonly interrupt: Interrupt
  readonly redact: Redact
  readonly encryption: Encryption | undefined
  /** Who we are in leases and events. */
  readonly holder: Holder
  store(): Promise<ObjectStore>
  /**
   * From now on a lease is held: an interrupt no longer ends reads of the store, which releasing the lease
   * needs.
   */
  holdsLease(): void
  /**
   * Call before anything is made: creates an id for the backend and one for this computer, if they have none.
   */
  ensureIds(): Promise<void>
  catalog(): Promise<Catalog>
}

export function createContext(parts: {
  readonly env: Environment
  readonly settings: Settings
  readonly config: Config
  readonly progress: Progress
  readonly interrupt: Interrupt
  readonly redact: Redact
  readonly encryption: Encryption | undefined
}): Context {
  const { env, settings, config } = parts
  const location =
    settings.backend === undefined ? directoryLocation(env.home) : parseBackendUrl(settings.backend)
  const reading = interruptedReading(parts.interrupt.signal)
  const identity = new Identity(() =>
    openStore(location, {
      isImplied: settings.backend === undefined,
      isPrivate: isOwnFolder(env, location),
      patience: { until: reading.signal },
    }),
  )
  let catalog: Promise<Catalog> | undefined
  return {
    ...parts,
    location,
    space: {
      home: env.home,
      cache: env.cache,
      get backendId() {
        return identity.id
      },
    },
    holder: holderOf(env),
    store: () => identity.store(),
    holdsLease: () => reading.shield(),
    async ensureIds() {
      await identity.ensure()
      ensureComputerId(env.home)
    },
    catalog: () => (catalog ??= loadCatalog(config)),
  }
}

/** A signal that follows `interrupt` until it is shielded from it. */
function interruptedReading(interrupt: AbortSignal): { readonly signal: AbortSignal; shield(): void } {
  const controller = new AbortController()
  const follow = (): void => controller.abort(interrupt.reason)
  if (interrupt.aborted) follow()
  interrupt.addEventListener('abort', follow, { once: true })
  return { signal: controller.signal, shield: () => interrupt.removeEventListener('abort', follow) }
}

/** Not only if no backend is named: `exec --local` names it for the commands that it starts. */
export const isOwnFolder = (env: Pick<Environment, 'home'>, location: BackendLocation): boolean =>
  location.kind === 'directory' && location.path === env.home

async function loadCatalog(config: Config): Promise<Catalog> {
  const { loadCatalog: load } = await import('../distro-catalog/load.js')
  return load(config.values.catalog ?? [])
}

function holderOf(env: Environment): Holder {
  const { pid, startTime, boot } = currentProcess()
  const ciRunUrl = env.ciRunUrl === undefined ? {} : { ciRunUrl: env.ciRunUrl }
  return { user: cleanLine(env.user), host: hostname(), pid, startTime, boot, ...ciRunUrl }
}

/** If the backend has no id yet, anything named after it is a preview: nothing is ever made under this id. */
const PREVIEW_ID = '0'.repeat(12)

/** An error that hides the id; the rest of the backend may still work. */
const ID_ONLY: readonly string[] = ['store-forbidden', 'identity-unreadable', 'file-refused']

/** A store together with its id: code that has one has the other. */
class Identity {
  #store: Promise<ObjectStore> | undefined
  #id: string | undefined
  /** Why the id is unknown. Setting up a backend does not need it, and may lack the right to read it. */
  #trouble: BackendError | undefined

  constructor(private readonly open: () => Promise<ObjectStore>) {}

  get id(): string {
    if (this.#trouble !== undefined) throw this.#trouble
    if (this.#id === undefined) throw new TypeError('the store was not asked for yet')
    return this.#id
  }

  store(): Promise<ObjectStore> {
    return (this.#store ??= this.#read())
  }

  async ensure(): Promise<void> {
    const store = await this.store()
    if (this.id === PREVIEW_ID) this.#id = await ensureBackendId(store)
  }

  async #read(): Promise<ObjectStore> {
    const store = await this.open()
    try {
      this.#id = (await readBackendId(store)) ?? PREVIEW_ID
    } catch (error) {
      if (!(error instanceof BackendError && ID_ONLY.includes(error.fault.code))) throw error
      this.#trouble = error
    }
    return store
  }
}

/**
 * Where this computer keeps the files of one lab. Labs from before backends had ids are kept by the backend's
 * place.
 */
export function spaceOf(
  { space, location }: Pick<Context, 'space' | 'location'>,
  { incarnation }: { readonly incarnation?: string | undefined },
): Workspace {
  if (incarnation !== undefined) return space
  return { home: space.home, cache: space.cache, backendId: placeId(location) }
}
