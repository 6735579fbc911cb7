import { variableOfFlag } from '../../../../scripts/env.js'
import { configSchema } from '../../../../scripts/config-schema.js'
import { commands } from '../../../../scripts/commands/all.js'
import { commonOptions } from '../../../../scripts/options.js'
import { anchorOf, blocks, code, fenced, generatedNote, table } from './markdown.js'
import { variableGroups } from './variables.js'

/** What this page says of a JSON schema's node. */
export interface SchemaNode {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly items?: SchemaNode
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
}

const kebab = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const typedFlags = new Set([
  ...Object.keys(commonOptions),
  ...commands.flatMap(({ options = {} }) => Object.keys(options)),
])

/** A key that is a list or a map is in no flag or variable, but for those that the settings ask for by its name. */
export const overridesOf = (
  key: string,
  fromEnvironment: ReadonlySet<string>,
): { readonly flag: string | undefined; readonly variable: string | undefined } => {
  const flag = kebab(key)
  const isAsked = fromEnvironment.has(flag)
  return {
    flag: isAsked && typedFlags.has(flag) ? `--${flag}` : undefined,
    variable: isAsked ? variableOfFlag(flag) : undefined,
  }
}

export function configPage(fromEnvironment: ReadonlySet<string>): string {
  const keys = Object.entries((configSchema as SchemaNode).properties ?? {})
  return blocks(
    generatedNote('scripts/config-schema.ts, scripts/env.ts and scripts/options.ts'),
    '# Configuration',
    '## Precedence',
    PRECEDENCE,
    '## In your editor',
    EDITOR,
    '## Keys',
    table(
      ['key', 'type', 'default', 'flag', 'variable'],
      keys.map(([key, node]) => {
        const { flag, variable } = overridesOf(key, fromEnvironment)
        return [
          `[${code(key)}](#${anchorOf(key)})`,
          typeOf(node),
          defaultOf(node),
          flag === undefined ? '' : code(flag),
          variable === undefined ? '' : code(variable),
        ]
      }),
    ),
    ...keys.map(([key, node]) => keySection(key, node)),
    '## Environment variables',
    environmentText(fromEnvironment),
  )
}

const PRECEDENCE = [
  'A setting is looked for in five places, and the first that has it wins:',
  [
    '1. the flag, such as `--ttl 8h`',
    '2. the variable `DISTROLAB_<FLAG>`, such as `DISTROLAB_TTL=8h`; an empty one counts as not set',
    '3. `distrolab.yaml`, the nearest one from the working directory upward, or the file that `--config` names',
    '4. `config.yaml` in `~/.config/distrolab`, your own for all projects',
    '5. the default',
  ].join('\n'),
  [
    'Files are merged key by key: a key of the project replaces the whole key of your own file. Only `profiles` are joined:',
    'those of both files exist, and where two have the same name, the one of the project wins.',
    'An existing lab keeps what it was made with: `up` refuses another disk, zone or size, and names the command that changes it.',
  ].join(' '),
].join('\n\n')

const EDITOR = [
  [
    'Editors that use yaml-language-server (VS Code with the YAML extension, Neovim, Helix, Emacs and others) complete the',
    'keys, explain them and mark mistakes if the first line of the file names the schema. This prints that line, both for',
    'an installed package and for a clone after `npm link`:',
  ].join(' '),
  fenced(
    'sh',
    'echo "# yaml-language-server: \\$schema=$(npm root -g)/distrolab/scripts/schema/config.schema.json"',
  ),
  'A path that is relative starts at the folder of the YAML file. That suits a file that a team shares:',
  table(
    ['where distrolab is', 'first line'],
    [
      [
        "the project's `devDependencies`",
        code('# yaml-language-server: $schema=./node_modules/distrolab/scripts/schema/config.schema.json'),
      ],
      [
        'the project is a clone of distrolab',
        code('# yaml-language-server: $schema=./scripts/schema/config.schema.json'),
      ],
    ],
  ),
].join('\n\n')

function typeOf({ type, enum: words, items, patternProperties }: SchemaNode): string {
  if (words !== undefined) return words.map(code).join(', ')
  if (items !== undefined) return 'list of texts'
  if (patternProperties !== undefined) return 'map'
  const names: Readonly<Record<string, string>> = {
    boolean: '`true`, `false`',
    integer: 'whole number',
    object: 'map',
    string: 'text',
  }
  return names[type ?? ''] ?? ''
}

const defaultOf = (node: SchemaNode): string => (node.default === undefined ? '' : code(flow(node.default)))

function keySection(key: string, node: SchemaNode): string {
  const [inner] = Object.values(node.patternProperties ?? {})
  const below = node.properties ?? inner?.properties
  const items = node.items?.description
  return blocks(
    `### ${key}`,
    [node.description ?? '', items === undefined ? '' : `Each entry: ${lowerFirst(items)}`].join(' ').trim(),
    below === undefined ? '' : fieldTable(below, inner?.required ?? []),
    fenced('yaml', exampleOf(key, node.examples ?? [])),
  )
}

const lowerFirst = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`

const fieldTable = (fields: Readonly<Record<string, SchemaNode>>, required: readonly string[]): string =>
  table(
    ['field', 'type', 'meaning'],
    Object.entries(fields).flatMap(([name, field]) => [
      [code(name), `${typeOf(field)}${required.includes(name) ? ', required' : ''}`, field.description ?? ''],
      ...Object.entries(field.properties ?? {}).map(([part, node]) => [
        code(`${name}.${part}`),
        `${typeOf(node)}, required`,
        node.description ?? '',
      ]),
    ]),
  )

/** A block that can be pasted: a second value of the same key is a comment. */
function exampleOf(key: string, [first, ...more]: readonly unknown[]): string {
  return [`${key}: ${below(first)}`, ...more.map((value) => `# or: ${flow(value)}`)].join('\n')
}

/** A map of maps has a line for each; everything else is short enough for one. */
function below(value: unknown): string {
  const isMap = (each: unknown): each is object =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
  if (!isMap(value) || !Object.values(value).every(isMap)) return flow(value)
  return Object.entries(value)
    .map(([name, inner]) => `\n  ${name}: ${flow(inner)}`)
    .join('')
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, each]) => `${key}: ${flow(each)}`)
      .join(', ')} }`
  return String(value)
}

function environmentText(fromEnvironment: ReadonlySet<string>): string {
  const flags = [...fromEnvironment].filter((flag) => flag !== 'debug').sort()
  return blocks(
    [
      'An empty variable counts as not set. The value of a variable whose name contains `SECRET`, `TOKEN`, `PASSWORD`,',
      '`PASSPHRASE`, `PRIVATE_KEY`, `ACCESS_KEY` or `CREDENTIALS` is never printed or logged.',
    ].join(' '),
    '### Defaults of flags and settings',
    [
      'Each of these sets the default of the flag or key of the same name. A switch is on when its variable is `true`.',
      'Other flags have no variable.',
    ].join(' '),
    table(
      ['variable', 'is the default of'],
      flags.map((flag) => [code(variableOfFlag(flag)), whatItSets(flag)]),
    ),
    ...variableGroups.map(({ title, intro, variables }) =>
      blocks(
        `### ${title}`,
        intro,
        table(
          ['variable', 'meaning'],
          Object.entries(variables).map(([name, meaning]) => [code(name), meaning]),
        ),
      ),
    ),
  )
}

const camel = (flag: string): string =>
  flag.replaceAll(/-([a-z])/g, (_whole, letter: string) => letter.toUpperCase())

function whatItSets(flag: string): string {
  const key = camel(flag)
  const isKey = Object.hasOwn((configSchema as SchemaNode).properties ?? {}, key)
  const parts = [
    ...(typedFlags.has(flag) ? [code(`--${flag}`)] : []),
    ...(isKey ? [`the key [${code(key)}](#${anchorOf(key)})`] : []),
  ]
  return parts.join(', ')
}
