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
 * `importing` and `forgetting` are also what an interrupted command leaves: the same command goes on. The record of a
 * `forgotten` image stays until the same is imported anew, as a destroyed lab's does: some servers ignore the condition of a remove.
 */
export const imageStates = ['importing', 'imported', 'forgetting', 'forgotten'] as const
export type ImageState = (typeof imageStates)[number]

/** All that is known of a custom OS installation's image; written before anything of it is made. */
export const imageRecordSchema = Type.Object({
  provider: text('provider'),
  distro: text('distro'),
  architecture: text('architecture'),
  state: Type.Unsafe<ImageState>(Type.String({ enum: [...imageStates] })),
  /** Where it comes from: a URL, or the path of a file on the importer's computer. */
  source: text('line'),
  /** `sha256:<hex>` or `sha512:<hex>` of what was loaded; null until it is there. */
  digest: nullable(text('digest')),
  /** The object that carries it to the provider, as a URL (`gs://bucket/path`). */
  upload: text('url'),
  /** Whose it is, as in a lab's record. */
  account: Type.Optional(text('account')),
  /** Where it lies and machines can be made from it; absent where that is everywhere. */
  region: Type.Optional(text('region')),
  /** What the provider calls it: known before it is made. */
  name: text('imageName'),
  /** The provider's own id, once it is there: what labs are pinned to. */
  id: nullable(text('imageId')),
  /** The smallest disk that holds it, once it is converted. */
  diskGiB: nullable(whole(0, 65_536)),
  tags,
  owner: ownerSchema,
  createdAt: time,
  updatedAt: time,
  /** The step under way. */
  step: nullable(text('word')),
  failure: failureSchema,
  engine: engineSchema,
  holder: Type.Pick(holderSchema, ['user', 'host', 'pid']),
  /** A random id of this very write. */
  revision: text('revision'),
})

export type ImageRecord = Static<typeof imageRecordSchema>
