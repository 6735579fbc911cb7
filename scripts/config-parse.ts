import { readFileSync } from 'node:fs'
import { Ajv, type SchemaObject, type ErrorObject, type ValidateFunction } from 'ajv'
import { parseDocument } from 'yaml'
import type { ConfigFile, ConfigProblem } from './config-schema.js'

interface Parsed {
  readonly values: ConfigFile | undefined
  readonly problems: readonly ConfigProblem[]
}

/** Parses and checks one configuration file; an empty one is fine. */
export function parseConfig(file: string, text: string): Parsed {
  const document = parseDocument(text)
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      ...{ file, field: '(file)', expected: 'YAML', got: error.message.split('\n')[0] ?? '' },
    }))
    return { values: undefined, problems }
  }
  const values: unknown = document.toJS() ?? {}
  compiled ??= compileSchema()
  const validate = compiled
  if (validate(values)) return { values, problems: [] }
  return { values: undefined, problems: (validate.errors ?? []).map((error) => problemOf(file, error)) }
}

let compiled: ValidateFunction<ConfigFile> | undefined

/** From what `schema.ts` published of the definition: loading TypeBox costs more than a command may. */
function compileSchema(): ValidateFunction<ConfigFile> {
  const file = new URL('../../scripts/schema/config.schema.json', import.meta.url)
  const schema = JSON.parse(readFileSync(file, 'utf8')) as SchemaObject
  const ajv = new Ajv({ allErrors: true, verbose: true, meta: false, validateSchema: false })
  return ajv.compile<ConfigFile>(schema)
}

function problemOf(file: string, error: ErrorObject): ConfigProblem {
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  if (error.keyword === 'additionalProperties') {
    const { additionalProperty } = error.params as { additionalProperty: string }
    const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {})
    const field = [path, additionalProperty].filter(Boolean).join('.')
    return { file, field, expected: `one of ${known.join(', ')}`, got: 'an unknown key' }
  }
  const described = (error.parentSchema as { description?: string } | undefined)?.description
  const expected = described ?? error.message ?? error.keyword
  return {
    file,
    field: path === '' ? '(file)' : path,
    expected,
    got: JSON.stringify(error.data) ?? 'nothing',
  }
}
