import type { LabName } from './lab-name.js'

/** The names of everything in a backend, declared once. Paths are relative to the backend's prefix. */
export const labsPrefix = 'labs/'

const labKey = (lab: LabName, name: string): string => `${labsPrefix}${lab}/${name}`

export const recordKey = (lab: LabName): string => labKey(lab, 'record.json')
export const leaseKey = (lab: LabName): string => labKey(lab, 'lease.json')
export const eventsPrefix = (lab: LabName): string => labKey(lab, 'events/')
export const eventKey = (lab: LabName, eventId: string): string => `${eventsPrefix(lab)}${eventId}.json`
/** OpenTofu's own file: the store never reads or writes it. */
export const tofuStateKey = (lab: LabName): string => labKey(lab, 'tofu.tfstate')

/** The lab a record key belongs to; undefined for every other key. */
export const labOfRecordKey = (key: string): string | undefined =>
  /^labs\/([^/]+)\/record\.json$/.exec(key)?.[1]
