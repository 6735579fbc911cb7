import { posix } from 'node:path'
import ts from 'typescript'
import { importsOf, type Import } from './imports.js'
import { place, visit, type Source } from './source.js'

/** A check returns one line for each violation: where, and what. */
export type Check = (sources: readonly Source[]) => string[]

/** What each room may import besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'distro-catalog': [],
  backend: [],
  'local-vm': ['backend'],
  stacks: ['distro-catalog', 'backend', 'local-vm'],
  scripts: ['distro-catalog', 'backend', 'local-vm', 'stacks'],
}

/** All that the first room may import of the second. */
const parts: Readonly<Record<string, readonly string[]>> = {
  'local-vm -> backend': [
    'errors',
    'forms',
    'guard',
    'own-user',
    'parse-json',
    'plain-file',
    'process-identity',
    'send-signal',
  ].map((name) => `backend/${name}.ts`),
  'stacks -> local-vm': ['local-vm/protocol.ts'],
}

export const productRooms = Object.keys(mayImport)

const roomOf = (path: string): string => path.split('/')[0] ?? ''

export const roomDirection: Check = (sources) =>
  badImports(sources, ({ from, target }) => {
    if (target === undefined || roomOf(target) === roomOf(from)) return false
    const part = parts[`${roomOf(from)} -> ${roomOf(target)}`]
    return part === undefined
      ? !(mayImport[roomOf(from)] ?? []).includes(roomOf(target))
      : !part.includes(target)
  })

/** What rooms within scripts/ may not import: each stands below those it does not know. */
const scriptsRooms: Readonly<Record<string, readonly string[]>> = {
  providers: ['lab', 'lifecycle', 'commands'],
  lab: ['lifecycle', 'commands'],
  machine: ['lab', 'lifecycle', 'commands'],
  engine: ['lab', 'lifecycle', 'commands'],
}

const scriptsRoomOf = (path: string): string => /^scripts\/([^/]+)\//.exec(path)?.[1] ?? ''

export const scriptsRoomDirection: Check = (sources) =>
  badImports(sources, ({ from, target = '' }) =>
    (scriptsRooms[scriptsRoomOf(from)] ?? []).includes(scriptsRoomOf(target)),
  )

const isCdktf = (specifier: string): boolean => /^(cdkt[fn]|@cdkt[fn]\/[^/]+)(\/|$)/.test(specifier)
const isDeepPath = (specifier: string): boolean =>
  /\/lib\/.+\.js$/.test(specifier) && !specifier.endsWith('/lib/index.js')

export const deepCdktfImports: Check = (sources) =>
  badImports(sources, ({ from, specifier }) => {
    if (!isCdktf(specifier)) return false
    return !['stacks', 'backend'].includes(roomOf(from)) || !isDeepPath(specifier)
  })

const startsPrograms = ['execa', 'child_process', 'node:child_process']
const runModules = ['scripts/run.ts', 'local-vm/run.ts']

export const modulesInTheirPlace: Check = (sources) =>
  badImports(sources, ({ from, specifier }) => {
    if (startsPrograms.includes(specifier)) return !runModules.includes(from)
    if (/^yargs(\/|$)/.test(specifier)) return roomOf(from) !== 'scripts'
    return /^(node:)?(process|console)$/.test(specifier)
  })

/** Schemas and the static types taken from them. TypeBox costs every start 80 ms: at run time there are JSON files. */
const definitions = ['distro-catalog/distro', 'distro-catalog/provider', 'distro-catalog/field']
const isDefinition = (path: string): boolean =>
  path.endsWith('-schema.ts') || [...definitions, 'local-vm/protocol'].includes(path.slice(0, -3))
/** They write the definitions to the JSON files, and no command loads them. */
const isPublisher = (path: string): boolean =>
  posix.basename(path) === 'schema.ts' || path === 'scripts/publish-schemas.ts'

export const typeboxInDefinitions: Check = (sources) =>
  badImports(
    sources,
    ({ from, specifier }) =>
      /^@sinclair\/typebox(\/|$)/.test(specifier) && !isDefinition(from) && !isPublisher(from),
  )

export const definitionsAreNotLoaded: Check = (sources) =>
  badImports(sources, ({ from, target, isType }) => {
    if (target === undefined || isType || isPublisher(from)) return false
    return isPublisher(target) || (isDefinition(target) && !isDefinition(from))
  })

const exits = ['scripts/cli.ts', 'scripts/refresh-catalog.ts', 'local-vm/main.ts']
const placesOfProperty: Readonly<Record<string, readonly string[]>> = {
  env: ['scripts/env.ts', 'local-vm/env.ts'],
  exit: exits,
  exitCode: exits,
  abort: exits,
  reallyExit: exits,
  chdir: ['local-vm/main.ts'],
  kill: ['backend/send-signal.ts'],
}

export const processInItsPlace: Check = (sources) =>
  badNodes(sources, (node, { path }) => {
    const property = processPropertyOf(node)
    if (property === undefined || !Object.hasOwn(placesOfProperty, property)) return undefined
    return placesOfProperty[property]?.includes(path) ? undefined : `process.${property}`
  })

/** `process.x`, `process['x']`, `globalThis.process.x` and `const { x } = process`. */
function processPropertyOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && isProcess(node.expression)) return node.name.text
  if (ts.isElementAccessExpression(node) && isProcess(node.expression)) {
    return ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : undefined
  }
  if (!ts.isBindingElement(node) || !ts.isVariableDeclaration(node.parent.parent)) return undefined
  const { initializer } = node.parent.parent
  if (initializer === undefined || !isProcess(initializer)) return undefined
  const name = node.propertyName ?? node.name
  return ts.isIdentifier(name) ? name.text : undefined
}

const isProcess = (node: ts.Node): boolean =>
  (ts.isIdentifier(node) && node.text === 'process') ||
  (ts.isPropertyAccessExpression(node) && node.name.text === 'process')

/** By method name, for a variable may rightly be called `console`: a VM has one. */
export const noConsole: Check = (sources) =>
  badNodes(sources, (node) =>
    ts.isPropertyAccessExpression(node) &&
    node.expression.getText() === 'console' &&
    Object.hasOwn(console, node.name.text)
      ? `console.${node.name.text}`
      : undefined,
  )

/** Completion writes names that it has checked, and nothing else, for a shell to read; the last writes no word. */
const writers = [
  'scripts/report/output.ts',
  'scripts/completion/main.ts',
  'scripts/report/standard-streams.ts',
]

export const oneDoorOut: Check = (sources) =>
  badNodes(
    sources.filter(({ path }) => roomOf(path) === 'scripts' && !writers.includes(path)),
    (node) =>
      ts.isPropertyAccessExpression(node) && /^process\.std(out|err)\??\.write$/.test(node.getText())
        ? node.getText()
        : undefined,
  )

export const noAny: Check = (sources) =>
  badNodes(sources, (node) => (node.kind === ts.SyntaxKind.AnyKeyword ? 'any' : undefined))

export const noIndexFiles: Check = (sources) =>
  sources.filter(({ path }) => posix.basename(path) === 'index.ts').map(({ path }) => path)

const isKebabCase = (path: string): boolean =>
  path.split('/').every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.ts)?$/.test(part))

export const kebabCaseNames: Check = (sources) =>
  sources.filter(({ path }) => !isKebabCase(path)).map(({ path }) => path)

const LONGEST = 400

export const fileLength: Check = (sources) =>
  sources
    .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > LONGEST)
    .map(({ path, lines }) => `${path}: ${lines} lines`)

function badImports(sources: readonly Source[], isBad: (found: Import) => boolean): string[] {
  const bad = sources.flatMap(importsOf).filter(isBad)
  return bad.map(({ place, specifier }) => `${place} imports ${specifier}`)
}

function badNodes(
  sources: readonly Source[],
  problemOf: (node: ts.Node, source: Source) => string | undefined,
): string[] {
  const problems: string[] = []
  for (const source of sources) {
    visit(source, (node) => {
      const problem = problemOf(node, source)
      if (problem !== undefined) problems.push(`${place(source, node)} ${problem}`)
    })
  }
  return problems
}
