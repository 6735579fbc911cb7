import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { holderSchema, time } from './record-schema.js'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const name = Type.String({ minLength: 1 })
const count = Type.Integer({ minimum: 0 })

/**
 * `importing` and `forgetting` are also what an interrupted command leaves: the same command goes on. The record of a
 * `forgotten` image stays until the same is imported anew, as a destroyed lab's does: some servers ignore the condition of a remove.
 */
export const imageStates = ['importing', 'imported', 'forgetting', 'forgotten'] as const
export type ImageState = (typeof imageStates)[number]

/** All that is known of a custom OS installation's image; written before anything of it is made. */
export const imageRecordSchema = Type.Object({
  provider: name,
  distro: name,
  architecture: name,
  state: Type.Unsafe<ImageState>(Type.String({ enum: [...imageStates] })),
  /** Where it comes from: a URL, or the path of a file on the importer's computer. */
  source: name,
  /** `sha256:<hex>` or `sha512:<hex>` of what was loaded; null until it is there. */
  digest: nullable(name),
  /** The object that carries it to the provider, as a URL (`gs://bucket/path`). */
  upload: name,
  /** What the provider calls it: known before it is made. */
  name,
  /** The provider's own id, once it is there: what labs are pinned to. */
  id: nullable(name),
  /** The smallest disk that holds it, once it is converted. */
  diskGiB: nullable(count),
  tags: Type.Record(Type.String(), Type.String()),
  owner: Type.Object({ user: name, host: name }),
  createdAt: time,
  updatedAt: time,
  /** The step under way. */
  step: nullable(name),
  failure: nullable(Type.Object({ step: nullable(name), code: name, message: Type.String() })),
  /** The engine process under way, as in a lab's record. */
  engine: nullable(
    Type.Object({ pid: count, startTime: Type.String(), boot: Type.String(), host: name, startedAt: time }),
  ),
  holder: Type.Pick(holderSchema, ['user', 'host', 'pid']),
  /** A random id of this very write. */
  revision: name,
})

export type ImageRecord = Static<typeof imageRecordSchema>
