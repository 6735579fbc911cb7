import { Type, type Static } from '@sinclair/typebox'
import { holderSchema, text, time, whole } from './record-schema.js'

export const leaseSchema = Type.Object({
  /** A lab, or an image. */
  lab: Type.Union([text('lab'), text('image')]),
  /** Grows by one with every acquisition, also after a release: the object is never removed. */
  fence: whole(1, Number.MAX_SAFE_INTEGER),
  /** null: released. */
  holder: Type.Union([holderSchema, Type.Null()]),
  command: text('word'),
  /** All times are by the store's clock. */
  since: time,
  renewedAt: time,
  expiresAt: time,
  /** A random id of this write, so that no two bodies are alike. */
  revision: text('revision'),
})

export type LeaseDocument = Static<typeof leaseSchema>
