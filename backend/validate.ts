import { createRequire } from 'node:module'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { cleanText } from './clean-text.js'
import { BackendError } from './errors.js'
import { escapeInvisible, shown } from './forms.js'
import type { BackendIdentity } from './identity-schema.js'
import type { ImageRecord } from './image-record-schema.js'
import type { LeaseDocument } from './lease-schema.js'
import type { LabEvent, StoredRecord } from './record-schema.js'

/** The kinds of document; each is checked by code that the build made from schema/<kind>.schema.json. */
interface Documents {
  readonly record: StoredRecord
  readonly lease: LeaseDocument
  readonly event: LabEvent
  readonly 'image-record': ImageRecord
  readonly identity: BackendIdentity
}
type Kind = keyof Documents

/**
 * Reads a JSON document of the backend. Throws BackendError `record-unreadable` with every problem: place,
 * field, expected and found. Unknown fields are kept: another version of this program may have written them,
 * and they must not prevent destroying the lab.
 */
export function parseDocument<K extends Kind>(
  kind: K,
  body: string,
  lab: string,
  place: string,
): Documents[K] {
  const { document, problems } = findProblems(kind, body, place)
  if (problems === undefined) return document
  throw new BackendError({ code: 'record-unreadable', lab, place, problems })
}

/** The document, or all its problems. */
export function findProblems<K extends Kind>(kind: K, body: string, place: string): Checked<Documents[K]> {
  const [document] = parseJson(body)
  if (document === undefined)
    return {
      problems: [`${place}: expected a JSON document, got ${body === '' ? 'an empty file' : shown(body)}`],
    }
  const problems = problemsOf(kind, document).map((problem) => `${place}: ${problem}`)
  return problems.length === 0 ? { document: document as Documents[K] } : { problems }
}

type Checked<T> =
  | { readonly document: T; readonly problems?: undefined }
  | { readonly document?: undefined; readonly problems: readonly string[] }

/**
 * The body that `parseDocument` reads as this document. Throws BackendError `record-unwritable` if it would
 * not.
 */
export function formatDocument<K extends Kind>(kind: K, document: Documents[K], lab: string): string {
  const problems = problemsOf(kind, document)
  if (problems.length > 0) throw new BackendError({ code: 'record-unwritable', lab, problems })
  return `${JSON.stringify(document, null, 2)}\n`
}

const MOST_PROBLEMS = 20

function problemsOf(kind: Kind, document: unknown): readonly string[] {
  const validate = checkOf(kind)
  if (validate(document)) return []
  // A wrong value says more than a missing one.
  const errors = leafErrors(validate.errors ?? []).sort((a, b) => order(a) - order(b))
  const problems = [...new Set(errors.map(describeError))]
  const more = problems.length - MOST_PROBLEMS
  return more > 0 ? [...problems.slice(0, MOST_PROBLEMS), `and ${more} more`] : problems
}

const order = ({ keyword }: ErrorObject): number => (keyword === 'required' ? 1 : 0)

const checks = new Map<Kind, ValidateFunction>()

/** Loaded once: a lease is checked at each renewal. */
function checkOf(kind: Kind): ValidateFunction {
  const check =
    checks.get(kind) ??
    (createRequire(import.meta.url)(`#package/dist/checks/${kind}.cjs`) as ValidateFunction)
  checks.set(kind, check)
  return check
}

/**
 * Messages quote guests and clouds, and older records kept them as they came: clean them instead of refusing
 * them.
 */
const cleaned = (key: string, value: unknown): unknown =>
  key === 'message' && typeof value === 'string' ? cleanText(value) : value

/** Undefined for text that is not JSON. */
function parseJson(body: string): readonly [unknown?] {
  try {
    return [JSON.parse(body, cleaned)]
  } catch {
    return []
  }
}

/** Without the branches of a union that only say "nor is it null". */
function leafErrors(errors: readonly ErrorObject[]): ErrorObject[] {
  const inUnion = (error: ErrorObject): boolean => error.schemaPath.includes('/anyOf/')
  const unions = errors.filter((error) => error.keyword === 'anyOf')
  const deeper = (union: ErrorObject): boolean =>
    errors.some((error) => inUnion(error) && error.instancePath.startsWith(`${union.instancePath}/`))
  return errors.filter((error) => {
    if (error.keyword === 'anyOf') return !deeper(error)
    const union = unions.find((one) => one.instancePath === error.instancePath)
    return union === undefined || !inUnion(error) || error.keyword === 'required'
  })
}

function describeError(error: ErrorObject): string {
  const { keyword, instancePath, params, data } = error
  if (keyword === 'required')
    return `${escapeInvisible(instancePath)}/${String(params['missingProperty'])} expected a value, got none`
  const got: unknown = keyword === 'additionalProperties' ? params['additionalProperty'] : data
  const field = instancePath === '' ? '/' : escapeInvisible(instancePath)
  const hint = keyword === 'enum' ? ' (another version of distrolab may have written it)' : ''
  return `${field} expected ${expectation(error)}, got ${typeof got === 'string' ? shown(got) : shortJson(got)}${hint}`
}

function expectation({ keyword, params, parentSchema, schema, message }: ErrorObject): string {
  const { description } = parentSchema ?? {}
  if (keyword === 'enum') return `one of ${JSON.stringify(params['allowedValues'])}`
  if (keyword === 'anyOf') return (schema as readonly Branch[]).map(describeBranch).join(' or ')
  if (typeof description === 'string') return description
  return (message ?? keyword).replace(/^must (be|match)? ?/, '')
}

interface Branch {
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly type?: string
}

const describeBranch = (branch: Branch): string =>
  branch.description ??
  (branch.const === undefined ? undefined : JSON.stringify(branch.const)) ??
  branch.enum?.map((one) => JSON.stringify(one)).join(' or ') ??
  branch.type ??
  'something else'

const shortJson = (value: unknown): string => {
  const text = escapeInvisible(JSON.stringify(value) ?? 'nothing')
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
