import { Type, type Static } from '@sinclair/typebox'
import { name } from './field.js'

/** Bare name → default release; the content of `aliases.yaml`. */
export const aliasesSchema = Type.Record(Type.String(), name('the name of a release', 'debian-13'), {
  description: 'bare name: release',
})
export type Aliases = Static<typeof aliasesSchema>
