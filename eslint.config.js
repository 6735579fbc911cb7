import { builtinRules } from 'eslint/use-at-your-own-risk'
import tseslint from 'typescript-eslint'

/**
 * The rooms and what each may import besides itself. test/ may import everything, bench/ the five rooms.
 * test/architecture.test.ts checks the same rules without ESLint, by resolved path; test/architecture/lint-rules.test.ts
 * proves that each of the rules below fires.
 */
const rooms = {
  'distro-catalog': { imports: [], why: 'distro-catalog/ says what can run and is a leaf' },
  backend: { imports: [], why: 'backend/ says what is true and is a leaf' },
  'local-vm': {
    imports: ['backend'],
    only: {
      backend: 'errors forms guard own-user parse-json plain-file process-identity send-signal'.split(' '),
    },
    why: 'local-vm/ says how a VM runs here and is a leaf: of backend/ it may use what tells processes, users and files apart',
  },
  stacks: {
    imports: ['distro-catalog', 'backend', 'local-vm'],
    only: { 'local-vm': ['protocol'] },
    why: 'stacks/ says how a lab looks, from the leaves: of local-vm/ it may use the types of its protocol',
  },
  scripts: {
    imports: ['distro-catalog', 'backend', 'local-vm', 'stacks'],
    why: 'nothing that ships imports test/ or bench/',
  },
}
/** What rooms within scripts/ may not import: each is below the rooms in its list. */
const scriptsRooms = {
  providers: ['lab', 'lifecycle', 'commands'],
  lab: ['lifecycle', 'commands'],
  machine: ['lab', 'lifecycle', 'commands'],
  engine: ['lab', 'lifecycle', 'commands'],
}
const folders = [...Object.keys(rooms), 'test', 'bench']
const product = Object.keys(rooms).map((room) => `${room}/**/*.ts`)

/** The places that are free of one rule each, by the rule's name. */
const places = {
  yargs: ['scripts/**'],
  programs: ['scripts/run.ts', 'local-vm/run.ts'],
  env: ['scripts/env.ts', 'local-vm/env.ts'],
  exit: ['scripts/cli.ts', 'scripts/refresh-catalog.ts', 'local-vm/main.ts'],
  chdir: ['local-vm/main.ts'],
  kill: ['backend/send-signal.ts'],
  cdktf: ['stacks/**', 'backend/**'],
  values: ['distro-catalog/**', 'backend/**', 'scripts/**', 'local-vm/**'],
}
const only = (name) => `Only in ${places[name].join(' and ')}`

const barrelImport = {
  regex: '^@?cdkt[fn](?:/(?!(?:[^/]+/)?lib/(?!index\\.js$).+\\.js$).*)?$',
  message:
    "Import the one file you need ('cdktf/lib/terraform-stack.js', '@cdktf/provider-aws/lib/instance/index.js'): the barrel of a provider costs every start 3-9 s and 575 MB, the file 0.2 s.",
}

/** Bans on a module; `regex` is matched with the specifier as it is written. */
const importBans = {
  programs: {
    regex: '^(?:execa|(?:node:)?child_process)(?:/|$)',
    message: `${only('programs')}: one module starts programs, so that no exit code, signal or stream is lost and nobody gets a shell or a second signal.`,
  },
  yargs: {
    regex: '^yargs(?:/|$)',
    message: `${only('yargs')}: the command line is a matter of the CLI, and loading its parser costs time.`,
  },
  cdktf: {
    regex: '^@?cdkt[fn](?:/|$)',
    message: `${only('cdktf')}: loading cdktf costs more than most commands take. Import stacks/ lazily, where something is synthesised.`,
  },
  globals: {
    regex: '^(?:node:)?(?:process|console)$',
    message:
      'Use the global: the rules on process.env, process.exit, process.chdir and console look at that name.',
  },
}

/** Bans on a property of `process`. */
const propertyBans = {
  env: `${only('env')}: names that come from outside are declared once; everybody else takes values.`,
  exit: `${only('exit')}: main returns or throws. Who exits elsewhere cuts off records, leases and output under way.`,
  kill: `${only('kill')}: a process that has just ended is no error there.`,
  chdir: `${only('chdir')}: the working directory belongs to the whole process. Pass paths.`,
}
const propertiesOf = {
  env: ['env'],
  exit: ['exit', 'exitCode', 'abort', 'reallyExit'],
  chdir: ['chdir'],
  kill: ['kill'],
}

const consoleBan = {
  name: 'console',
  message:
    'Results go to stdout and progress to stderr through scripts/report/, where -o json, -q and NO_COLOR are honoured.',
}
const valueBans = ['Date', 'fetch', 'performance'].map((name) => ({
  name,
  message:
    'Stacks take values: no clock and no network in a construct, or the same lab would synthesise differently twice.',
}))

const defaultExportBan = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: then a thing has one name everywhere and can be searched for.',
}

const packedSpreadBan = {
  selector: 'ObjectExpression > SpreadElement > ObjectExpression',
  message:
    "One property a line: TypeScript does not check what is spread for properties that the type doesn't have.",
}

function roomBan(room) {
  const { imports, only = {}, why } = rooms[room]
  const others = folders.filter((folder) => folder !== room && !imports.includes(folder))
  const parts = Object.entries(only).map(([other, files]) => `${other}/(?!(?:${files.join('|')})\\.js$)`)
  const allowed = imports.length === 0 ? 'no other room' : `only ${imports.join('/, ')}/`
  return {
    regex: `^(?:\\.{1,2}/)+(?:${[...others.map((other) => `${other}/`), ...parts].join('|')})`,
    message: `${room}/ may import ${allowed}: ${why}.`,
  }
}

function scriptsRoomBan(room) {
  const above = scriptsRooms[room]
  return {
    regex: `^(?:\\.{1,2}/)+(?:${above.join('|')})/`,
    message: `scripts/${room}/ may not import ${above.join('/, ')}/: pass what it needs, or move the code to the room that knows both.`,
  }
}

/** `no-restricted-imports` sees declarations only; these see `import('…')` and `type X = import('…').Y`. */
function expressionBan({ regex, message }) {
  const value = `/${regex.replaceAll('/', '\\x2F')}/`
  const selector = `:matches(ImportExpression[source.value=${value}], TSImportType[source.value=${value}])`
  return { selector, message }
}

const restrictImports = (patterns, syntax = []) => ({
  'no-restricted-imports': ['error', { patterns }],
  'no-restricted-syntax': ['error', packedSpreadBan, ...syntax, ...patterns.map(expressionBan)],
})

/** All restrictions of a room, without those in `free`. They are one rule's options, so a file's options replace its room's. */
function restrict(room, free, inner) {
  const isBanned = ([name]) => !free.includes(name)
  const named = Object.entries(importBans).filter(isBanned)
  const patterns = [
    roomBan(room),
    ...(inner === undefined ? [] : [scriptsRoomBan(inner)]),
    ...named.map(([, ban]) => ban),
    ...(free.includes('cdktf') ? [barrelImport] : []),
  ]
  const properties = Object.entries(propertyBans)
    .filter(isBanned)
    .flatMap(([name, message]) =>
      propertiesOf[name].map((property) => ({ object: 'process', property, message: message })),
    )
  return {
    ...restrictImports(patterns, [defaultExportBan]),
    'no-restricted-properties': ['error', ...properties],
    'no-restricted-globals': ['error', consoleBan, ...(free.includes('values') ? [] : valueBans)],
  }
}

const roomOf = (path) => path.slice(0, path.indexOf('/'))
/** Wide places first: a later entry replaces the options of an earlier one. */
const restricted = [
  ...new Set([
    ...Object.keys(rooms).map((room) => `${room}/**`),
    ...Object.keys(scriptsRooms).map((room) => `scripts/${room}/**`),
    ...Object.values(places).flat(),
  ]),
]
  .toSorted((a, b) => Number(b.endsWith('**')) - Number(a.endsWith('**')) || a.length - b.length)
  .map((place) => {
    const covers = (wide) => wide === place || (wide.endsWith('**') && place.startsWith(wide.slice(0, -2)))
    const free = Object.keys(places).filter((name) => places[name].some(covers))
    const files = [place.endsWith('**') ? `${place}/*.ts` : place]
    const inner = Object.keys(scriptsRooms).find((room) => place === `scripts/${room}/**`)
    return { name: `distrolab/restrict ${place}`, files, rules: restrict(roomOf(place), free, inner) }
  })

export default [
  { ignores: ['dist/', 'cdktf.out/', '.gen/', 'bench/results/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-mixed-enums': 'error',
      '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'error',
      '@typescript-eslint/no-unnecessary-type-arguments': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'error',
      // The compiler's own noUnusedLocals and noUnusedParameters, which know a schema that only gives a type.
      '@typescript-eslint/no-unused-vars': 'off',
      eqeqeq: 'error',
      'no-empty': 'error',
      'no-eval': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-catch': 'error',
      'prefer-const': 'error',
    },
  },
  {
    name: 'distrolab/product',
    files: product,
    plugins: { soft: { rules: { 'max-lines': builtinRules.get('max-lines') } } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'soft/max-lines': ['warn', { max: 250 }],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 45, skipBlankLines: true, skipComments: true }],
    },
  },
  ...restricted,
  {
    name: 'distrolab/test and bench',
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      ...restrictImports([barrelImport]),
      // jest's matchers (expect.any, objectContaining) are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
]
