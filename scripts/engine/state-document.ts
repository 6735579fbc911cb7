/** A state as OpenTofu writes it (its internal/states/statefile/version4.go), reduced to what we use. */
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
  /** Only an engine with the passphrase or key can read it. */
  | { readonly kind: 'encrypted' }
  /** Not JSON, for example truncated: no engine can read it either. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** JSON that OpenTofu never writes, and may read differently from us. */
  | { readonly kind: 'odd'; readonly reason: string }

/**
 * Reads a state as OpenTofu will. Go ignores the case of field names and uses the last of several; a document
 * in which that matters counts as odd, because it would mean one thing to us and another to the engine.
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

/** Compares names like Go's encoding/json, including the long s and the Kelvin sign. */
const foldCase = (name: string): string => name.toUpperCase().toLowerCase()

/** `"text"`, or one of JSON's structural characters. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g
/**
 * The document is at depth 1, a resource in its list at 3. Deeper levels belong to providers, whose maps may
 * contain anything.
 */
const DEEPEST = 3

/**
 * The first name that an object of the document or of one of its resources contains twice, ignoring case.
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
