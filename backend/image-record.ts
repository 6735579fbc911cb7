import { BackendError } from './errors.js'
import { imageNameOf, isImageName, type ImageName } from './image-name.js'
import type { ImageRecord } from './image-record-schema.js'
import { imageOfRecordKey, imageRecordKey, imagesPrefix } from './keys.js'
import { readObject } from './read-object.js'
import type { ObjectStore } from './store.js'
import { formatDocument, parseDocument } from './validate.js'

export interface StoredImage {
  readonly record: ImageRecord
  readonly version: string
}

/** The record of an image; undefined if it was never imported or is forgotten. Throws `record-unreadable`. */
export async function readImageRecord(
  store: ObjectStore,
  image: ImageName,
): Promise<ImageRecord | undefined> {
  const record = (await readStoredImage(store, image))?.record
  return record?.state === 'forgotten' ? undefined : record
}

/** The same with its version, forgotten images included. */
export async function readStoredImage(
  store: ObjectStore,
  image: ImageName,
): Promise<StoredImage | undefined> {
  const key = imageRecordKey(image)
  const object = await readObject(store, key, image)
  if (object === undefined) return undefined
  const record = parseDocument('image-record', object.body, image, key)
  const found = imageNameOf(record)
  if (found === image) return { record, version: object.version }
  const problems = [`${key}: expected the record of ${image}, got that of ${found}`]
  throw new BackendError({ code: 'record-unreadable', lab: image, place: key, problems })
}

/** Every image of the backend that is not forgotten, by name. Throws `record-unreadable`. */
export async function listImageRecords(store: ObjectStore): Promise<readonly ImageRecord[]> {
  const keys = await store.list(imagesPrefix)
  const names = keys.flatMap((key) => imageOfRecordKey(key) ?? []).filter(isImageName)
  const found = await Promise.all(names.map((name) => readImageRecord(store, name)))
  return found.filter((record) => record !== undefined)
}

/** Throws BackendError `record-unwritable`. */
export const encodeImageRecord = (record: ImageRecord): string =>
  formatDocument('image-record', record, imageNameOf(record))
