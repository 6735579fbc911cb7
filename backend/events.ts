import { BackendError } from './errors.js'
import { shown } from './forms.js'
import { eventKey, eventsPrefix, recordKey } from './keys.js'
import type { LabName } from './lab-name.js'
import { readRecord } from './record.js'
import type { LabEvent } from './record-schema.js'
import { readObject } from './read-object.js'
import type { ObjectStore } from './store.js'
import { unreadableOf } from './unreadable.js'
import { formatDocument, parseDocument } from './validate.js'

/**
 * The id of a lab's `n`-th event. `at` is an ISO time. Ids sort in causal order as long as `at` never runs
 * backwards; `n` orders events within one millisecond.
 */
export const eventId = (at: string, n: number): string =>
  `${at.replaceAll(/[-:.]/g, '')}-${String(n).padStart(6, '0')}`

/** Stores an event as an object of its own; succeeds if it is already there. */
export async function storeEvent(store: ObjectStore, lab: LabName, event: LabEvent): Promise<void> {
  try {
    await store.create(eventKey(lab, event.id), formatDocument('event', event, lab))
  } catch (error) {
    if (!(error instanceof BackendError && error.fault.code === 'object-exists')) throw error
  }
}

export interface History {
  /** In causal order. */
  readonly events: readonly LabEvent[]
  /** One `record-unreadable` for each event, or record, that could not be read. */
  readonly unreadable: readonly BackendError[]
}

/**
 * Everything that happened to a lab. A crash may have left the last event only in the record; it is included.
 */
export async function readHistory(store: ObjectStore, lab: LabName): Promise<History> {
  const unreadable: BackendError[] = []
  const collect = async <T>(place: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      unreadable.push(unreadableOf(error, lab, place))
      return undefined
    }
  }
  // Read the record first: an event that is then missing from both places cannot have existed before.
  const record = await collect(recordKey(lab), () => readRecord(store, lab))
  const keys = await store.list(eventsPrefix(lab))
  const stored = await Promise.all(keys.map((key) => collect(key, () => readEvent(store, lab, key))))
  const byId = new Map<string, LabEvent>()
  for (const event of [...stored, record?.lab.lastEvent ?? undefined]) {
    if (event !== undefined) byId.set(event.id, event)
  }
  const events = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return { events, unreadable }
}

async function readEvent(store: ObjectStore, lab: LabName, key: string): Promise<LabEvent | undefined> {
  const object = await readObject(store, key, lab)
  if (object === undefined) return undefined
  const event = parseDocument('event', object.body, lab, key)
  if (event.lab === lab && eventKey(lab, event.id) === key) return event
  const problems = [
    `${key}: expected an event of that name and lab, got ${shown(`${event.lab} ${event.id}`)}`,
  ]
  throw new BackendError({ code: 'record-unreadable', lab, place: key, problems })
}
