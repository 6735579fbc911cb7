import { Type, type Static } from '@sinclair/typebox'
import { randomId, time } from './record-schema.js'

/** The id of everything made from this backend; written once and never replaced. */
export const identitySchema = Type.Object({ id: randomId, createdAt: time })

export type BackendIdentity = Static<typeof identitySchema>
