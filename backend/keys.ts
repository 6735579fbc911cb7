import { BackendError } from './errors.js'
import { isImageName, type ImageName } from './image-name.js'
import type { LabName } from './lab-name.js'

/** All names in a backend, declared once. Paths are relative to the backend's prefix. */
export const labsPrefix = 'labs/'
export const imagesPrefix = 'images/'
/** The backend's id: `identity.ts`. */
export const identityKey = 'backend.json'

/** A thing that has a lease and an OpenTofu state: a lab or an imported image. */
export type Leasable = LabName | ImageName

const labKey = (lab: LabName, name: string): string => `${labsPrefix}${lab}/${name}`
const keyIn = (owner: Leasable, name: string): string =>
  `${isImageName(owner) ? imagesPrefix : labsPrefix}${owner}/${name}`

export const recordKey = (lab: LabName): string => labKey(lab, 'record.json')
export const imageRecordKey = (image: ImageName): string => keyIn(image, 'record.json')
export const leaseKey = (owner: Leasable): string => keyIn(owner, 'lease.json')
export const eventsPrefix = (lab: LabName): string => labKey(lab, 'events/')
export const eventKey = (lab: LabName, eventId: string): string => `${eventsPrefix(lab)}${eventId}.json`
/** OpenTofu's own file: the store never reads or writes it. */
export const tofuStateKey = (owner: Leasable): string => keyIn(owner, 'tofu.tfstate')
/** The prefix of OpenTofu's gcs backend, which keeps `default.tfstate` and `default.tflock` there. */
export const tofuStatePrefix = (owner: Leasable): string => keyIn(owner, 'tofu')

/**
 * One object for each lab that may be living, below `labs/`, where everyone may write: `living.ts`. A lab may
 * have several keys; none is ever written twice. No lab's name begins with `_` or has a dot.
 */
export const livingPrefix = `${labsPrefix}_living/`
export const livingKeysOf = (lab: LabName): string => `${livingPrefix}${lab}.`
export const livingKey = (lab: LabName, id: string): string => `${livingKeysOf(lab)}${id}`
/** Exists once every living lab has its object. */
export const livingComplete = `${livingPrefix}_complete`
/** The lab that may be living according to such a key. */
export const labOfLivingKey = (key: string): string | undefined =>
  /^labs\/_living\/([^/.]+)\.[^/]+$/.exec(key)?.[1]

/** Never written; a request for it shows the bucket's clock. No lab's name begins with `_`. */
export const clockKey = `${labsPrefix}_clock`
/** Written to find out whether a server honours conditions. Below `labs/`, where everyone may write. */
export const probeKeys = { writes: `${labsPrefix}_probe`, removes: `${labsPrefix}_probe-remove` } as const

/** The lab a record key belongs to; undefined for every other key. */
export const labOfRecordKey = (key: string): string | undefined =>
  /^labs\/([^/]+)\/record\.json$/.exec(key)?.[1]

/** The lab whose folder is replaced by this object; our stores never have such an object. */
export const labInsteadOfFolder = (key: string): string | undefined => /^labs\/([^/_][^/]*)$/.exec(key)?.[1]

/** The lab whose whole folder this prefix covers. */
export const labOfFolder = (prefix: string): string | undefined => /^labs\/([^/]+)\/$/.exec(prefix)?.[1]

/** The image a record key belongs to; undefined for every other key. */
export const imageOfRecordKey = (key: string): string | undefined =>
  /^images\/(.+)\/record\.json$/.exec(key)?.[1]

/** Where an image is kept on its way to a provider, in a bucket laid out like a backend. */
export const imageUploadKey = (image: ImageName, file: string): string => keyIn(image, file)

/** Throws BackendError `key-invalid` for anything that is not a store key. */
export function assertKey(key: string): void {
  const isSound = key.split('/').every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(segment))
  if (!isSound) throw new BackendError({ code: 'key-invalid', key })
}
