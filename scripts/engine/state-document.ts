/** A state as OpenTofu writes it (its internal/states/statefile/version4.go), as far as it matters here. */
export interface StateDocument {
  readonly version: unknown
  readonly resources: readonly StateResource[]
}

export interface StateResource {
  readonly module?: unknown
  readonly mode?: unknown
  readonly type?: unknown
  readonly name?: unknown
  readonly provider?: unknown
  readonly instances?: unknown
}

export type ParsedState =
  | { readonly kind: 'plain'; readonly document: StateDocument }
  /** Only an engine with its passphrase or key can read it. */
  | { readonly kind: 'encrypted' }
  /** No JSON, as one that was cut short: no engine reads it either. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** JSON that OpenTofu never writes, and may read in another way than we do. */
  | { readonly kind: 'odd'; readonly reason: string }

/**
 * Reads a state as OpenTofu will. Go takes the names of fields in any case of letters, and the last of several: a document
 * in which that matters is odd, or it would say one thing to us and another to the engine.
 */
export function parseState(text: string): ParsedState {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    return { kind: 'broken', reason: (error as Error).message }
  }
  if (!isObject(document)) return { kind: 'odd', reason: 'it is not a JSON object' }
  const repeated = repeatedName(text)
  if (repeated !== undefined) return { kind: 'odd', reason: `it has the field ${repeated} more than once` }
  const names = Object.keys(document).map(foldCase)
  const isSealed = names.some((name) => ['encrypted_data', 'encryption_version'].includes(name))
  if (isSealed && !names.includes('resources')) return { kind: 'encrypted' }
  if (isSealed) return { kind: 'odd', reason: 'it is both encrypted and in clear text' }
  return parseResources(document)
}

function parseResources(document: Readonly<Record<string, unknown>>): ParsedState {
  const { version, resources } = document
  if (version !== 4) return { kind: 'odd', reason: 'its version is not 4' }
  if (!Array.isArray(resources) || !resources.every(isObject))
    return { kind: 'odd', reason: 'it has no list of resources' }
  const known = ['module', 'mode', 'type', 'name', 'provider', 'instances']
  for (const resource of resources) {
    const other = Object.keys(resource).find(
      (name) => !known.includes(name) && known.includes(foldCase(name)),
    )
    if (other !== undefined)
      return { kind: 'odd', reason: 'a resource has a field name with unexpected upper or lower case' }
  }
  return { kind: 'plain', document: { version, resources } }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** As Go's encoding/json compares names, the long s and the Kelvin sign included. */
const foldCase = (name: string): string => name.toUpperCase().toLowerCase()

/** `"text"`, or one of the characters that structure JSON. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g
/** The document is at 1, a resource in its list at 3; what is deeper belongs to providers, whose maps may be as they like. */
const DEEPEST = 3

/**
 * The first name that an object of the document or one of its resources has twice, whatever the case of its letters.
 * `text` is valid JSON.
 */
function repeatedName(text: string): string | undefined {
  const open: Set<string>[] = []
  let last = ''
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Set())
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':' && open.length <= DEEPEST) {
      const name = foldCase(JSON.parse(last) as string)
      const names = open.at(-1)
      if (names?.has(name) === true) return JSON.stringify(name)
      names?.add(name)
    }
    last = token
  }
  return undefined
}
