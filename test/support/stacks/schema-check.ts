/** `tofu providers schema -json`, as far as the check reads it. */
export interface ProviderSchema {
  readonly version: string
  readonly provider_schema: Block
  readonly resource_schemas: Readonly<Record<string, Block>>
  readonly data_source_schemas: Readonly<Record<string, Block>>
}

interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly block_types?: Readonly<Record<string, NestedBlock>>
}

interface Attribute {
  readonly type: AttributeType
  readonly required?: boolean
  readonly optional?: boolean
  readonly computed?: boolean
}

interface NestedBlock {
  readonly nesting_mode: 'single' | 'list' | 'set' | 'map'
  readonly block: Block
  readonly min_items?: number
  readonly max_items?: number
}

type AttributeType =
  | 'string'
  | 'number'
  | 'bool'
  | readonly ['list' | 'set' | 'map', AttributeType]
  | readonly ['object', Readonly<Record<string, AttributeType>>]

type Body = Readonly<Record<string, unknown>>

/** What OpenTofu itself understands in a block, whatever the provider. */
const OWN = {
  provider: ['alias', 'version'],
  resource: ['//', 'count', 'depends_on', 'for_each', 'lifecycle', 'provider', 'provisioner', 'connection'],
}

/**
 * Everything that the real provider would refuse in a configuration (the JSON of `cdk.tf.json`) for its form: unknown
 * types and attributes, missing and computed-only ones, wrong types, counts of blocks, fields of objects, references to
 * what is not there. Each problem is one line, the path first. Empty: nothing.
 */
export function checkConfiguration(configuration: unknown, schema: ProviderSchema): string[] {
  const { resource = {}, data = {}, provider = {} } = configuration as Record<string, Body>
  const providers = Object.entries(provider).flatMap(([name, blocks]) =>
    asList(blocks).flatMap((block, index) =>
      checkBody(asBody(block), schema.provider_schema, `provider.${name}[${index}]`, OWN.provider),
    ),
  )
  return [
    ...providers,
    ...checkKind(resource, schema.resource_schemas, ''),
    ...checkKind(data, schema.data_source_schemas, 'data.'),
    ...checkReferences(configuration, schema),
  ]
}

function checkKind(kind: Body, schemas: Readonly<Record<string, Block>>, prefix: string): string[] {
  return Object.entries(kind).flatMap(([type, instances]) => {
    const block = schemas[type]
    if (block === undefined) return [`${prefix}${type}: unknown type`]
    return Object.entries(asBody(instances)).flatMap(([name, body]) => {
      const path = `${prefix}${type}.${name}`
      return [
        ...checkBody(asBody(body), block, path, OWN.resource),
        ...checkIgnored(asBody(body), block, path),
      ]
    })
  })
}

function checkBody(body: Body, block: Block, path: string, own: readonly string[] = []): string[] {
  const { attributes = {}, block_types: blocks = {} } = block
  const known = Object.entries(body)
    .filter(([key]) => !own.includes(key))
    .flatMap(([key, value]) => {
      const at = `${path}.${key}`
      const attribute = attributes[key]
      if (attribute !== undefined) return checkAttribute(value, attribute, at)
      return blocks[key] === undefined ? [`${at}: unknown attribute or block`] : []
    })
  const missing = Object.entries(attributes)
    .filter(([key, { required }]) => required === true && (body[key] ?? null) === null)
    .map(([key]) => `${path}.${key}: missing`)
  const nested = Object.entries(blocks).flatMap(([key, each]) =>
    checkNested(body[key], each, `${path}.${key}`),
  )
  return [...known, ...missing, ...nested]
}

function checkNested(
  value: unknown,
  { block, min_items, max_items, nesting_mode }: NestedBlock,
  path: string,
): string[] {
  const found = asList(value)
  const least = min_items ?? 0
  const most = nesting_mode === 'single' ? 1 : (max_items ?? Infinity)
  const counts = found.length < least || found.length > most ? [`${path}: ${found.length} blocks`] : []
  return [...counts, ...found.flatMap((each, index) => checkBody(asBody(each), block, `${path}[${index}]`))]
}

function checkAttribute(value: unknown, attribute: Attribute, path: string): string[] {
  const isSettable = attribute.required === true || attribute.optional === true
  if (!isSettable) return [`${path}: computed by the provider, can't be set`]
  return value === null ? [] : checkType(value, attribute.type, path)
}

function checkType(value: unknown, type: AttributeType, path: string): string[] {
  if (isExpression(value)) return []
  if (typeof type === 'string') {
    const wanted = type === 'bool' ? 'boolean' : type
    return typeof value === wanted ? [] : [`${path}: ${typeof value} instead of ${type}`]
  }
  const [kind, of] = type as readonly [string, AttributeType | Readonly<Record<string, AttributeType>>]
  if (kind === 'list' || kind === 'set') {
    if (!Array.isArray(value)) return [`${path}: ${typeof value} instead of ${kind}`]
    return value.flatMap((each: unknown, index) => checkType(each, of as AttributeType, `${path}[${index}]`))
  }
  if (!isBody(value)) return [`${path}: ${Array.isArray(value) ? 'list' : typeof value} instead of ${kind}`]
  if (kind === 'map') {
    return Object.entries(value).flatMap(([key, each]) =>
      checkType(each, of as AttributeType, `${path}.${key}`),
    )
  }
  return checkObject(value, of as Readonly<Record<string, AttributeType>>, path)
}

/** An object as a value is not a block: every field must be there, null where it is unset, and no other. */
function checkObject(value: Body, fields: Readonly<Record<string, AttributeType>>, path: string): string[] {
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(fields, key))
  const problems = Object.entries(fields).flatMap(([key, type]) => {
    if (value[key] === undefined) return [`${path}.${key}: missing in an object, which needs every field`]
    return value[key] === null ? [] : checkType(value[key], type, `${path}.${key}`)
  })
  return [...unknown.map((key) => `${path}.${key}: unknown field of an object`), ...problems]
}

/** What is ignored must be something. */
function checkIgnored(
  body: Body,
  { attributes = {}, block_types: blocks = {} }: Block,
  path: string,
): string[] {
  const lifecycle = asBody(body['lifecycle'] ?? {})
  return asList(lifecycle['ignore_changes'])
    .map((each) => String(each).split(/[.[]/)[0] ?? '')
    .filter((name) => !Object.hasOwn(attributes, name) && !Object.hasOwn(blocks, name))
    .map((name) => `${path}.lifecycle.ignore_changes: no attribute ${name}`)
}

/** `aws_instance.main.id` in an expression: the type and name are in the configuration, the attribute in the schema. */
function checkReferences(configuration: unknown, schema: ProviderSchema): string[] {
  const { resource = {}, data = {} } = configuration as Record<string, Body>
  const expressions = [...JSON.stringify(configuration).matchAll(/(?<!\$)\$\{(.*?)\}(?=[^}]|$)/g)].map(
    ([, text]) => text ?? '',
  )
  const dependencies = Object.values(resource).flatMap((instances) =>
    Object.values(asBody(instances)).flatMap((body) => asList(asBody(body)['depends_on'])),
  )
  const pattern = /\b(data\.)?((?:aws|google|azurerm)_\w+)\.([\w-]+)(?:\.(\w+))?/g
  return [...expressions, ...dependencies.map(String)].flatMap((text) =>
    [...text.matchAll(pattern)].flatMap(([whole, isData, type = '', name = '', attribute]) => {
      const [kind, schemas] =
        isData === undefined ? [resource, schema.resource_schemas] : [data, schema.data_source_schemas]
      if (!Object.hasOwn(asBody(kind[type] ?? {}), name)) return [`${whole}: refers to what is not there`]
      const block = schemas[type]
      const isKnown =
        attribute === undefined ||
        block?.attributes?.[attribute] !== undefined ||
        block?.block_types?.[attribute] !== undefined
      return isKnown ? [] : [`${whole}: refers to an attribute that ${type} does not have`]
    }),
  )
}

/** A string that is one expression can be of any type; one that only holds expressions is a string. */
const isExpression = (value: unknown): boolean => typeof value === 'string' && /^\$\{[^}]*\}$/.test(value)

const asList = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]

const isBody = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const asBody = (value: unknown): Body => (isBody(value) ? value : {})
