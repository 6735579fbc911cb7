import { posix } from 'node:path'
import ts from 'typescript'
import { place, visit, type Source } from './source.js'

export interface Import {
  readonly from: string
  /** `path:line`. */
  readonly place: string
  /** As written: `../errors.js`, `cdktf/lib/app.js`. */
  readonly specifier: string
  /** The .ts file it means, from the package root; undefined for a package. */
  readonly target: string | undefined
  /** Erased by the compiler: nothing is loaded. */
  readonly isType: boolean
  /** By `import()`: loaded only when that line is reached. */
  readonly isLazy: boolean
}

/** All imports and re-exports of a file, those by `import()` and in types included. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = []
  visit(source, (node) => {
    const reference = referenceOf(node)
    if (reference === undefined) return
    const { specifier, isType, isLazy } = reference
    found.push({
      from: source.path,
      place: place(source, node),
      specifier,
      target: targetOf(source.path, specifier),
      isType,
      isLazy,
    })
  })
  return found
}

type Reference = Pick<Import, 'specifier' | 'isType' | 'isLazy'>

function referenceOf(node: ts.Node): Reference | undefined {
  if (ts.isImportDeclaration(node)) {
    return reference(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
  }
  if (ts.isExportDeclaration(node)) return reference(node.moduleSpecifier, node.isTypeOnly)
  if (ts.isExternalModuleReference(node)) return reference(node.expression, false)
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return reference(node.argument.literal, true)
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return reference(node.arguments[0], false, true)
  }
  return undefined
}

const reference = (specifier: ts.Node | undefined, isType: boolean, isLazy = false): Reference | undefined =>
  specifier !== undefined && ts.isStringLiteralLike(specifier)
    ? { specifier: specifier.text, isType, isLazy }
    : undefined

const targetOf = (from: string, specifier: string): string | undefined =>
  specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts') : undefined
