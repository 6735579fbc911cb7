import type { ErrorObject } from 'ajv'
import type { CatalogProblem } from './errors.js'
import { nearNames } from './near-names.js'

/** Turns one violation reported by ajv (with `verbose`) into a problem in the words of the file's author. */
export function explainViolation(violation: ErrorObject, file: string): CatalogProblem {
  const at = violation.instancePath.split('/').slice(1).map(unescapePointer)
  const schema = (violation.parentSchema ?? {}) as SchemaNotes
  if (violation.keyword === 'required') return explainMissing(violation, schema, at, file)
  if (violation.keyword === 'additionalProperties') return explainUnknown(violation, schema, at, file)
  return {
    file,
    field: fieldName(at),
    expected: schema.description ?? schema.type ?? violation.message ?? 'something else',
    got: shown(violation.data),
    remedy: remedyFor(violation, schema),
  }
}

/** The parts of a JSON schema that explanations quote. */
interface SchemaNotes {
  readonly type?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, SchemaNotes>>
}

function explainMissing(
  violation: ErrorObject,
  schema: SchemaNotes,
  at: string[],
  file: string,
): CatalogProblem {
  const missing = String(violation.params['missingProperty'])
  const wanted = schema.properties?.[missing]
  return {
    file,
    field: fieldName([...at, missing]),
    expected:
      wanted?.description ?? (wanted?.type === 'object' ? 'a group of fields' : (wanted?.type ?? 'a value')),
    got: 'nothing',
    remedy: `add the field "${missing}"${exampleOf(wanted)}`,
  }
}

function explainUnknown(
  violation: ErrorObject,
  schema: SchemaNotes,
  at: string[],
  file: string,
): CatalogProblem {
  const unknown = String(violation.params['additionalProperty'])
  const known = Object.keys(schema.properties ?? {})
  const near = nearNames(unknown, known)
  return {
    file,
    field: fieldName([...at, unknown]),
    expected: `one of the fields ${known.join(', ')}`,
    got: `the unknown field "${unknown}"`,
    remedy: near.length > 0 ? `did you mean "${near.join('" or "')}"?` : `remove "${unknown}"`,
  }
}

function remedyFor(violation: ErrorObject, schema: SchemaNotes): string {
  const { data } = violation
  const isScalar = typeof data === 'number' || typeof data === 'boolean'
  if (violation.keyword === 'type' && schema.type === 'string' && isScalar) {
    return 'put the value in quotes; without them YAML does not read it as text'
  }
  if (schema.enum !== undefined) {
    const near = typeof data === 'string' ? nearNames(data, schema.enum) : []
    return near.length > 0 ? `did you mean "${near.join('" or "')}"?` : `write ${schema.enum.join(' or ')}`
  }
  return `correct the value${exampleOf(schema)}`
}

const exampleOf = (schema: SchemaNotes | undefined): string => {
  const example: unknown = schema?.examples?.[0]
  return example === undefined ? '' : `, for example ${JSON.stringify(example)}`
}

const fieldName = (path: readonly string[]): string => path.join('.') || '(file)'

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** A value as the author wrote it, short enough for one line. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing'
  return json.length > 80 ? `${json.slice(0, 77)}...` : json
}
