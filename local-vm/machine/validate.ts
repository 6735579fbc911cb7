import { createRequire } from 'node:module'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { closest } from 'fastest-levenshtein'
import { DriverError, type UsageProblem } from '../errors.js'
import type { InputOf, Verb } from '../protocol.js'

export interface Command<V extends Verb = Verb> {
  readonly verb: V
  readonly input: InputOf<V>
}

/** What the build made from the published schema, one check for each verb. */
const checks = createRequire(import.meta.url)('#package/dist/checks/protocol.cjs') as Readonly<
  Record<Verb, ValidateFunction>
>

/** Turns the words of a command line into a command, or throws `usage` with all problems. */
export function parseCommand(words: readonly string[]): Command {
  const [verb, json, ...rest] = words
  if (verb === undefined || !isVerb(verb)) throw usage([verbProblem(verb)])
  if (json === undefined || rest.length > 0) {
    throw usage([{ field: '(arguments)', expected: '<verb> <json>', got: `${words.length} words` }])
  }
  return { verb, input: parseInput(verb, json) }
}

/** Reads and checks the JSON of one verb. Throws `usage` with all problems. */
export function parseInput<V extends Verb>(verb: V, json: string): InputOf<V> {
  const input = parseJson(json)
  const validate = checks[verb] as ValidateFunction<InputOf<V>>
  if (validate(input)) return input
  throw usage(toProblems(validate.errors ?? []))
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw usage([{ field: '(json)', expected: 'a JSON document', got: String(error) }])
  }
}

/** A failed `anyOf` comes with one error for each branch; only the summary says what to do. */
function toProblems(errors: readonly ErrorObject[]): UsageProblem[] {
  return errors.filter((error) => !error.schemaPath.includes('/anyOf/')).map(toProblem)
}

function toProblem(error: ErrorObject): UsageProblem {
  const { keyword, params, instancePath, parentSchema } = error
  switch (keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty'])
      return {
        field: `${instancePath}/${name}`,
        expected: nearField(name, parentSchema),
        got: 'an unknown field',
      }
    }
    case 'required':
      return {
        field: `${instancePath}/${String(params['missingProperty'])}`,
        expected: 'a value',
        got: 'nothing',
      }
    case 'anyOf':
      return { field: instancePath || '/', expected: anyOfText(parentSchema), got: show(error.data) }
    default:
      return {
        field: instancePath || '/',
        expected: String(parentSchema?.['description'] ?? error.message ?? keyword),
        got: show(error.data),
      }
  }
}

/** What a union of literals, or one of fields, expects. */
function anyOfText(schema: Record<string, unknown> | undefined): string {
  const branches = Array.isArray(schema?.['anyOf']) ? (schema['anyOf'] as Record<string, unknown>[]) : []
  const words = branches.map((branch) => {
    if (Array.isArray(branch['required'])) return `the field ${branch['required'].join(', ')}`
    return JSON.stringify(branch['const'] ?? branch['pattern'] ?? branch['type'])
  })
  return words.join(' or ')
}

function nearField(name: string, schema: Record<string, unknown> | undefined): string {
  const known = Object.keys((schema?.['properties'] as Record<string, unknown> | undefined) ?? {})
  return known.length === 0 ? 'no field' : `${known.join(', ')} (nearest: ${closest(name, known)})`
}

function verbProblem(verb: string | undefined): UsageProblem {
  return { field: '(verb)', expected: Object.keys(checks).join(', '), got: verb ?? 'nothing' }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

const isVerb = (word: string): word is Verb => Object.hasOwn(checks, word)
const usage = (problems: readonly UsageProblem[]): DriverError => new DriverError({ code: 'usage', problems })
