import { createRequire } from 'node:module'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { parseYamlText } from '../distro-catalog/yaml-text.js'
import type { ConfigFile, ConfigProblem } from './config-schema.js'

interface Parsed {
  readonly values: ConfigFile | undefined
  readonly problems: readonly ConfigProblem[]
}

/** Parses and checks one configuration file; an empty one is fine. */
export function parseConfig(file: string, text: string): Parsed {
  const { value, errors } = parseYamlText(text)
  if (errors.length > 0) {
    const problems = errors.map((got) => ({ file, field: '(file)', expected: 'YAML', got }))
    return { values: undefined, problems }
  }
  // An empty file has no value.
  const values = value ?? {}
  const validate = createRequire(import.meta.url)(
    '#package/dist/checks/config.cjs',
  ) as ValidateFunction<ConfigFile>
  if (validate(values)) return { values, problems: [] }
  return { values: undefined, problems: (validate.errors ?? []).map((error) => problemOf(file, error)) }
}

function problemOf(file: string, error: ErrorObject): ConfigProblem {
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  if (error.keyword === 'additionalProperties') {
    const { additionalProperty } = error.params as { additionalProperty: string }
    const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {})
    const field = [path, additionalProperty].filter(Boolean).join('.')
    return { file, field, expected: `one of ${known.join(', ')}`, got: 'an unknown key' }
  }
  const said = (error.parentSchema as { expected?: string } | undefined)?.expected
  const expected = said ?? error.message ?? error.keyword
  return {
    file,
    field: path === '' ? '(file)' : path,
    expected,
    // Who writes the passphrase itself into the file shall not find it on a screen or in a log as well.
    got: /^encryption\b/.test(path) ? 'something else' : (JSON.stringify(error.data) ?? 'nothing'),
  }
}
