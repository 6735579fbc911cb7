import { BackendError } from './errors.js'
import { shown } from './forms.js'
import { inParallel } from './in-parallel.js'
import { labInsteadOfFolder, labOfFolder, labOfRecordKey, labsPrefix, recordKey } from './keys.js'
import { toAnyLab, type AnyLab } from './lab.js'
import { isLabName, type LabName } from './lab-name.js'
import { completeLiving, namesOfLiving } from './living.js'
import { withOwnMakes } from './machines.js'
import type { StoredRecord } from './record-schema.js'
import { readObject } from './read-object.js'
import type { ObjectStore } from './store.js'
import { unreadableOf } from './unreadable.js'
import { formatDocument, parseDocument } from './validate.js'

export interface StoredLab {
  readonly lab: AnyLab
  readonly version: string
}

/**
 * A lab's record; undefined if the name was never used. Throws BackendError `record-unreadable` if it is not
 * a valid record or belongs to another lab.
 */
export async function readRecord(store: ObjectStore, lab: LabName): Promise<StoredLab | undefined> {
  const key = recordKey(lab)
  const object = await readObject(store, key, lab)
  if (object === undefined) return undefined
  const record = parseDocument('record', object.body, lab, key)
  const problems = contradictions(record, lab).map((problem) => `${key}: ${problem}`)
  if (problems.length === 0) return { lab: toAnyLab(withOwnMakes(record)), version: object.version }
  throw new BackendError({ code: 'record-unreadable', lab, place: key, problems })
}

/** Checks that a schema cannot express. */
function contradictions({ lab: named, lastEvent, machines }: StoredRecord, lab: LabName): string[] {
  const names = machines.map(({ name }) => name)
  const twice = names.findIndex((name, n) => names.indexOf(name) !== n)
  return [
    ...otherLab('/lab', named, lab),
    ...otherLab('/lastEvent/lab', lastEvent?.lab ?? lab, lab),
    ...(twice < 0
      ? []
      : [
          `/machines/${twice}/name expected a name that no other machine has, got ${shown(names[twice] ?? '')}`,
        ]),
  ]
}

const otherLab = (field: string, named: string, lab: LabName): string[] =>
  named === lab ? [] : [`${field} expected ${shown(lab)}, got ${shown(named)}`]

/** Throws BackendError `record-unwritable`. */
export const encodeRecord = (lab: AnyLab): string => formatDocument('record', lab, lab.lab)

export interface RecordList {
  /** By name. */
  readonly labs: readonly AnyLab[]
  /** One `record-unreadable` for each record that could not be read. */
  readonly unreadable: readonly BackendError[]
}

/** In parallel, because most of a read is waiting; limited, because a process may open only so many files. */
const READS_AT_ONCE = 64

/**
 * Every lab of the backend that is not destroyed. The cost depends on their number, not on all labs that ever
 * existed. An unreadable record hides no other.
 */
export async function listLiving(store: ObjectStore): Promise<RecordList> {
  const names = await namesOfLiving(store)
  const { labs, unreadable } = names === undefined ? await listRecords(store) : await readAll(store, names)
  return { labs: labs.filter(({ state }) => state !== 'destroyed'), unreadable }
}

/** Every lab of the backend, destroyed ones included. An unreadable record hides no other. */
export async function listRecords(store: ObjectStore): Promise<RecordList> {
  const hidden: BackendError[] = []
  const keys = await store.list(labsPrefix, (folder, error) => {
    const name = labOfFolder(folder)
    if (name !== undefined) hidden.push(unreadableOf(error, name, folder))
  })
  const names = keys.flatMap((key) => labOfRecordKey(key) ?? hiddenLab(key) ?? [])
  const read = await readAll(store, names)
  const unreadable = [...hidden, ...read.unreadable]
  const living = read.labs.flatMap(({ lab, state }) => (state === 'destroyed' ? [] : [lab]))
  const unknown = unreadable.flatMap(({ fault }) => ('lab' in fault ? [fault.lab] : []))
  if (names.length > 0) await completeLiving(store, keys, [...living, ...unknown])
  return { labs: read.labs, unreadable }
}

async function readAll(store: ObjectStore, names: readonly string[]): Promise<RecordList> {
  const unreadable: BackendError[] = []
  const labs: AnyLab[] = []
  for (const read of await inParallel(names, READS_AT_ONCE, (name) => readOrExplain(store, name))) {
    if (read instanceof BackendError) unreadable.push(read)
    else if (read !== undefined) labs.push(read)
  }
  return { labs, unreadable }
}

/** The reader says what is in place of its folder. */
const hiddenLab = (key: string): string | undefined => {
  const name = labInsteadOfFolder(key)
  return name !== undefined && isLabName(name) ? name : undefined
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
