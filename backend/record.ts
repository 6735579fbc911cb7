import { BackendError } from './errors.js'
import { labOfFolder, labOfRecordKey, labsPrefix, recordKey } from './keys.js'
import { toAnyLab, type AnyLab } from './lab.js'
import { isLabName, type LabName } from './lab-name.js'
import { readObject } from './read-object.js'
import type { ObjectStore } from './store.js'
import { unreadableOf } from './unreadable.js'
import { parseDocument } from './validate.js'

export interface StoredLab {
  readonly lab: AnyLab
  readonly version: string
}

/**
 * What is recorded of a lab; undefined when the name was never used.
 * Throws BackendError `record-unreadable` when the record is not one, or belongs to another lab.
 */
export async function readRecord(store: ObjectStore, lab: LabName): Promise<StoredLab | undefined> {
  const key = recordKey(lab)
  const object = await readObject(store, key, lab)
  if (object === undefined) return undefined
  const record = parseDocument('record', object.body, lab, key)
  if (record.lab === lab) return { lab: toAnyLab(record), version: object.version }
  const problems = [`${key}: /lab expected ${JSON.stringify(lab)}, got ${JSON.stringify(record.lab)}`]
  throw new BackendError({ code: 'record-unreadable', lab, place: key, problems })
}

export const encodeRecord = (lab: AnyLab): string => `${JSON.stringify(lab, null, 2)}\n`

export interface RecordList {
  /** By name. */
  readonly labs: readonly AnyLab[]
  /** One `record-unreadable` for each record that could not be read. */
  readonly unreadable: readonly BackendError[]
}

/** Every lab of the backend, destroyed ones included. A record that cannot be read hides no other. */
export async function listRecords(store: ObjectStore): Promise<RecordList> {
  const unreadable: BackendError[] = []
  const keys = await store.list(labsPrefix, (folder, error) => {
    const name = labOfFolder(folder)
    if (name !== undefined) unreadable.push(unreadableOf(error, name, folder))
  })
  const names = keys.flatMap((key) => labOfRecordKey(key) ?? [])
  const labs: AnyLab[] = []
  for (const read of await Promise.all(names.map((name) => readOrExplain(store, name)))) {
    if (read instanceof BackendError) unreadable.push(read)
    else if (read !== undefined) labs.push(read)
  }
  return { labs, unreadable }
}

async function readOrExplain(store: ObjectStore, name: string): Promise<AnyLab | BackendError | undefined> {
  const place = `${labsPrefix}${name}/record.json`
  if (!isLabName(name)) {
    const problems = [`${place}: expected the name of a lab, got ${JSON.stringify(name)}`]
    return new BackendError({ code: 'record-unreadable', lab: name, place, problems })
  }
  try {
    return (await readRecord(store, name))?.lab
  } catch (error) {
    return unreadableOf(error, name, place)
  }
}
