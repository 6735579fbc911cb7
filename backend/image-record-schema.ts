import { Type, type Static } from '@sinclair/typebox'
import {
  engineSchema,
  failureSchema,
  holderSchema,
  nullable,
  ownerSchema,
  tags,
  text,
  time,
  whole,
} from './record-schema.js'

/**
 * An interrupted command also leaves `importing` or `forgetting`; the same command continues from there. The
 * record of a `forgotten` image stays until the image is imported again, like that of a destroyed lab,
 * because some servers ignore the condition of a remove.
 */
export const imageStates = ['importing', 'imported', 'forgetting', 'forgotten'] as const
export type ImageState = (typeof imageStates)[number]

/** Everything known about an imported image; written before anything of it is made. */
export const imageRecordSchema = Type.Object({
  provider: text('provider'),
  distro: text('distro'),
  architecture: text('architecture'),
  state: Type.Unsafe<ImageState>(Type.String({ enum: [...imageStates] })),
  /** Its source: a URL, or the path of a file on the importer's computer. */
  source: text('line'),
  /** `sha256:<hex>` or `sha512:<hex>` of the downloaded disk; null until there is one. */
  digest: nullable(text('digest')),
  /** The object that carries it to the provider, as a URL (`gs://bucket/path`). */
  upload: text('url'),
  /** The provider account it belongs to, as in a lab's record. */
  account: Type.Optional(text('account')),
  /** The region where machines can be made from it; absent if that is everywhere. */
  region: Type.Optional(text('region')),
  /** Its name at the provider, known before it is made. */
  name: text('imageName'),
  /** The provider's own id once the image exists; labs are pinned to it. */
  id: nullable(text('imageId')),
  /** The smallest disk that holds it, once it is converted. */
  diskGiB: nullable(whole(0, 65_536)),
  tags,
  owner: ownerSchema,
  createdAt: time,
  updatedAt: time,
  /** The current step. */
  step: nullable(text('word')),
  failure: failureSchema,
  engine: engineSchema,
  holder: Type.Pick(holderSchema, ['user', 'host', 'pid']),
  /** A random id of this write. */
  revision: text('revision'),
})

export type ImageRecord = Static<typeof imageRecordSchema>
