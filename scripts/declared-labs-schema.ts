import { Type, type Static } from '@sinclair/typebox'
import { text } from '../distro-catalog/setting-schema.js'
import * as words from './config-words.js'

/** A lab that should exist, as users write it in `distrolab.yaml`. */
const declaredLabSchema = Type.Object(
  {
    profile: text(words.profile),
    machines: Type.Optional(text(words.labMachines)),
    ttl: Type.Optional(text(words.ttl)),
    owner: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,62}$', ...words.labOwner })),
  },
  {
    additionalProperties: false,
    title: 'A lab',
    description: 'A lab that should exist.',
  },
)
export type DeclaredLab = Static<typeof declaredLabSchema>

export const declaredLabs = Type.Record(
  Type.String({ pattern: '^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$' }),
  declaredLabSchema,
  { additionalProperties: false, ...words.labs },
)
