import { hostname } from 'node:os'
import type { Catalog } from '../distro-catalog/catalog.js'
import { directoryLocation, backendId, parseBackendUrl, type BackendLocation } from '../backend/location.js'
import { cleanLine } from '../backend/clean-text.js'
import { openStore } from '../backend/open-store.js'
import { currentProcess } from '../backend/process-identity.js'
import type { Holder } from '../backend/record-schema.js'
import type { ObjectStore } from '../backend/store.js'
import type { Config } from './config.js'
import type { Encryption } from './encryption.js'
import type { Environment } from './env.js'
import type { Interrupt } from './interrupt.js'
import type { Progress } from './report/progress.js'
import type { Redact } from './report/redact.js'
import type { Settings } from './settings.js'
import type { Workspace } from './workspace.js'

/** Everything a command works with; nothing in it is loaded or opened before it is asked for. */
export interface Context {
  readonly env: Environment
  readonly settings: Settings
  readonly config: Config
  readonly location: BackendLocation
  readonly space: Workspace
  readonly progress: Progress
  readonly interrupt: Interrupt
  readonly redact: Redact
  readonly encryption: Encryption | undefined
  /** Who we are in leases and events. */
  readonly holder: Holder
  store(): Promise<ObjectStore>
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
  let store: Promise<ObjectStore> | undefined
  let catalog: Promise<Catalog> | undefined
  return {
    ...parts,
    location,
    space: { home: env.home, cache: env.cache, backendId: backendId(location) },
    holder: holderOf(env),
    store: () => (store ??= openStore(location)),
    catalog: () => (catalog ??= loadCatalog(config)),
  }
}

async function loadCatalog(config: Config): Promise<Catalog> {
  const { loadCatalog: load } = await import('../distro-catalog/load.js')
  return load(config.values.catalog ?? [])
}

function holderOf(env: Environment): Holder {
  const { pid, startTime, boot } = currentProcess()
  const ciRunUrl = env.ciRunUrl === undefined ? {} : { ciRunUrl: env.ciRunUrl }
  return { user: cleanLine(env.user), host: hostname(), pid, startTime, boot, ...ciRunUrl }
}
