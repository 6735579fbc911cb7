import { locationUrl, type BackendLocation } from '../../backend/location.js'
import { openSetup } from '../../backend/open-setup.js'
import { listRecords } from '../../backend/record.js'
import { isPublic, type Visibility } from '../../backend/setup.js'
import type { Context } from '../context.js'
import { findEngine, type Engine } from '../engine/resolve.js'
import { minimumEngine } from '../lab/engine-for.js'
import { proveConditions, type Conditions } from './prove-conditions.js'

export interface BackendView {
  readonly url: string
  readonly kind: BackendLocation['kind']
  readonly engine: {
    readonly minimum: string
    /** Null if none is found: one is obtained when a lab is changed. */
    readonly found: Engine | null
    readonly rejected: readonly string[]
  }
  readonly lock: { readonly lease: string; readonly conditions: Conditions; readonly state: string }
  /** Whether everyone can read there; null if that could not be found out completely. */
  readonly public: boolean | null
  readonly visibility: Visibility
  /** Our identity at the server, if it tells. */
  readonly identity: string | null
  readonly labs: { readonly living: number; readonly destroyed: number; readonly unreadable: number }
}

/** How each kind locks: our leases, and OpenTofu's state. */
const locks = {
  directory: { lease: 'link and rename, guarded', state: "OpenTofu's file lock" },
  s3: { lease: 'If-None-Match and If-Match', state: "OpenTofu's use_lockfile" },
  gcs: { lease: 'ifGenerationMatch', state: "OpenTofu's lock object" },
} as const satisfies Record<BackendLocation['kind'], { readonly lease: string; readonly state: string }>

/**
 * Throws BackendError: `store-no-conditions` for a server on which labs could not be locked, and whatever a
 * store throws.
 */
export async function showBackend(context: Context): Promise<BackendView> {
  const { location, interrupt } = context
  const setup = await openSetup(location, { patience: { until: interrupt.signal } })
  const labs = await countLabs(context)
  const conditions = await proveConditions(context)
  const minimum = minimumEngine(context)
  const [visibility, identity, search] = await Promise.all([
    setup.visibility(),
    setup.identity(),
    findEngine(context.env, minimum),
  ])
  return {
    url: locationUrl(location),
    kind: location.kind,
    engine: { minimum, found: search.engine ?? null, rejected: search.passedOver },
    lock: { ...locks[location.kind], conditions },
    public: isPublic(visibility),
    visibility,
    identity: identity ?? null,
    labs,
  }
}

async function countLabs(context: Context): Promise<BackendView['labs']> {
  const { labs, unreadable } = await listRecords(await context.store())
  const destroyed = labs.filter(({ state }) => state === 'destroyed').length
  return { living: labs.length - destroyed, destroyed, unreadable: unreadable.length }
}
