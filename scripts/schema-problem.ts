import type { ErrorObject } from 'ajv'
import type { ConfigProblem } from './config-schema.js'

/** The keys that are allowed where an unknown one was found; undefined for another kind of problem. */
export interface UnknownKey {
  readonly given: string
  readonly known: readonly string[]
}

export function unknownKeyIn({ keyword, params, parentSchema }: ErrorObject): UnknownKey | undefined {
  if (keyword !== 'additionalProperties') return undefined
  const { additionalProperty: given } = params as { additionalProperty: string }
  return { given, known: Object.keys((parentSchema as { properties?: object }).properties ?? {}) }
}

/** One problem of a file that users write, as its schema says what was expected. */
export function schemaProblem(file: string, error: ErrorObject): ConfigProblem {
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  const unknown = unknownKeyIn(error)
  if (unknown !== undefined) {
    const field = [path, unknown.given].filter(Boolean).join('.')
    return { file, field, expected: `one of ${unknown.known.join(', ')}`, got: 'an unknown key' }
  }
  const said = (error.parentSchema as { expected?: string } | undefined)?.expected
  return {
    file,
    field: path === '' ? '(file)' : path,
    expected: said ?? error.message ?? error.keyword,
    got: JSON.stringify(error.data) ?? 'nothing',
  }
}
