import type { Leasable } from '../../backend/keys.js'
import type { BackendLocation } from '../../backend/location.js'
import type { ObjectStore } from '../../backend/store.js'
import { parseState, type StateDocument } from './state-document.js'
import { readStateText } from './state-file.js'

/** One thing that a state holds, by what its provider finds it by. */
export interface StateObject {
  readonly type: string
  readonly id: string
  /** Of a route of AWS: what it is removed from. */
  readonly routeTable?: string
}

/** The objects of a lab's state as it lies there; undefined where only an engine can read it, or none can. */
export async function storedObjects(
  store: ObjectStore,
  location: BackendLocation,
  owner: Leasable,
): Promise<readonly StateObject[] | undefined> {
  const { text } = await readStateText(store, location, owner)
  if (text === undefined) return []
  const state = parseState(text)
  return state.kind === 'plain' ? objectsIn(state.document).objects : undefined
}

/** Every object of a state; what hides its id from us, and may show it to OpenTofu, is told in `problems`. */
export function objectsIn({ resources }: StateDocument): {
  readonly objects: readonly StateObject[]
  readonly problems: readonly string[]
} {
  const objects: StateObject[] = []
  const problems: string[] = []
  for (const { mode, type, instances } of resources) {
    if (mode !== 'managed' || typeof type !== 'string') continue
    for (const instance of Array.isArray(instances) ? (instances as unknown[]) : []) {
      const attributes = attributesOf(instance)
      const id = attributes?.['id']
      if (typeof id !== 'string') {
        problems.push(`a ${type} without a visible id`)
        continue
      }
      const table = attributes?.['route_table_id']
      objects.push({
        type,
        id,
        ...(type === 'aws_route' && typeof table === 'string' ? { routeTable: table } : {}),
      })
    }
  }
  return { objects, problems }
}

/** Go takes the names of fields in any case of letters, and OpenTofu an older form of attributes (`attributes_flat`). */
function attributesOf(instance: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined
  const names = Object.keys(instance).filter((name) => name.toLowerCase().startsWith('attributes'))
  if (names.length !== 1 || !('attributes' in instance)) return undefined
  const { attributes } = instance
  return typeof attributes === 'object' && attributes !== null
    ? (attributes as Readonly<Record<string, unknown>>)
    : undefined
}
