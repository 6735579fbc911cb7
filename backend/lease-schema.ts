import { Type, type Static } from '@sinclair/typebox'
import { holderSchema, time } from './record-schema.js'

export const leaseSchema = Type.Object({
  lab: Type.String(),
  /** Grows by one with every acquisition, also over releases: the object is never removed. */
  fence: Type.Integer({ minimum: 1 }),
  /** null: released. */
  holder: Type.Union([holderSchema, Type.Null()]),
  command: Type.String(),
  /** All times by the store's clock. */
  since: time,
  renewedAt: time,
  expiresAt: time,
  /** A random id of this very write: no two bodies are alike. */
  revision: Type.String(),
})

export type LeaseDocument = Static<typeof leaseSchema>
