import { createRequire } from 'node:module'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { BackendError } from './errors.js'
import type { BackendIdentity } from './identity-schema.js'
import type { ImageRecord } from './image-record-schema.js'
import type { LeaseDocument } from './lease-schema.js'
import type { LabEvent, LabRecord } from './record-schema.js'

/** The kinds of document; each is checked by what the build made of schema/<kind>.schema.json. */
interface Documents {
  readonly record: LabRecord
  readonly lease: LeaseDocument
  readonly event: LabEvent
  readonly 'image-record': ImageRecord
  readonly identity: BackendIdentity
}
type Kind = keyof Documents

/**
 * Reads a JSON document of the backend. Throws BackendError `record-unreadable` that lists every problem
 * with place, field, what was expected and what was found. Unknown fields are kept: another version of
 * this program may have written them, and must not keep us from destroying the lab.
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

/** The document, or everything that keeps it from being one. */
export function findProblems<K extends Kind>(kind: K, body: string, place: string): Checked<Documents[K]> {
  let document: unknown
  try {
    document = JSON.parse(body)
  } catch {
    const found = body === '' ? 'an empty file' : JSON.stringify(body.slice(0, 40))
    return { problems: [`${place}: expected a JSON document, got ${found}`] }
  }
  const validate = checkOf(kind)
  if (isValid<Documents[K]>(validate, document)) return { document }
  return { problems: leafErrors(validate.errors ?? []).map((error) => `${place}: ${describeError(error)}`) }
}

type Checked<T> =
  | { readonly document: T; readonly problems?: undefined }
  | { readonly document?: undefined; readonly problems: readonly string[] }

const checkOf = (kind: Kind): ValidateFunction =>
  createRequire(import.meta.url)(`#package/dist/checks/${kind}.cjs`) as ValidateFunction

const isValid = <T>(validate: ValidateFunction, document: unknown): document is T => validate(document)

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
  const field = error.instancePath === '' ? '/' : error.instancePath
  if (error.keyword === 'required') {
    return `${error.instancePath}/${String(error.params['missingProperty'])} expected a value, got none`
  }
  const hint = error.keyword === 'enum' ? ' (another version of distrolab may have written it)' : ''
  return `${field} expected ${expectation(error)}, got ${shorten(JSON.stringify(error.data))}${hint}`
}

function expectation(error: ErrorObject): string {
  if (error.keyword === 'enum') return `one of ${JSON.stringify(error.params['allowedValues'])}`
  if (error.keyword === 'anyOf') return `one of ${shorten(JSON.stringify(error.schema))}`
  return (error.message ?? error.keyword).replace(/^must (be|match)? ?/, '')
}

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
