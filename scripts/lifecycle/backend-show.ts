import { locationUrl, type BackendLocation } from '../../backend/location.js'
import { openSetup } from '../../backend/open-setup.js'
import { listRecords } from '../../backend/record.js'
import { isPublic, type Visibility } from '../../backend/setup.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { Engine } from '../engine/resolve.js'
import { engineFor, minimumEngine } from './engine-for.js'
import { proveConditions, type Conditions } from './prove-conditions.js'

export interface BackendView {
  readonly url: string
  readonly kind: BackendLocation['kind']
  readonly engine: {
    readonly minimum: string
    /** Null where none is found; no lab can be changed then. */
    readonly found: Engine | null
    readonly rejected: readonly string[]
  }
  readonly lock: { readonly lease: string; readonly conditions: Conditions; readonly state: string }
  /** Whether everybody can read there; null where that could not be found out in full. */
  readonly public: boolean | null
  readonly visibility: Visibility
  /** Who we are to the server, where it tells. */
  readonly identity: string | null
  readonly labs: { readonly living: number; readonly destroyed: number; readonly unreadable: number }
}

/** How each kind locks: our leases, and OpenTofu's state. */
const locks = {
  directory: { lease: 'link and rename, guarded', state: "OpenTofu's file lock" },
  s3: { lease: 'If-None-Match and If-Match', state: "OpenTofu's use_lockfile" },
  gcs: { lease: 'ifGenerationMatch', state: "OpenTofu's lock object" },
} as const satisfies Record<BackendLocation['kind'], { readonly lease: string; readonly state: string }>

/** Throws BackendError: `store-no-conditions` of a server where labs could not be locked, and whatever a store throws. */
export async function showBackend(context: Context): Promise<BackendView> {
  const { location } = context
  const setup = await openSetup(location)
  const labs = await countLabs(context)
  const conditions = await proveConditions(context)
  const [visibility, identity, engine] = await Promise.all([
    setup.visibility(),
    setup.identity(),
    findEngine(context),
  ])
  return {
    url: locationUrl(location),
    kind: location.kind,
    engine: { minimum: minimumEngine(context), ...engine },
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

async function findEngine(context: Context): Promise<Pick<BackendView['engine'], 'found' | 'rejected'>> {
  try {
    return { found: await engineFor(context), rejected: [] }
  } catch (error) {
    if (!(error instanceof LabError) || error.fault.code !== 'engine-missing') throw error
    return { found: null, rejected: error.fault.rejected }
  }
}
