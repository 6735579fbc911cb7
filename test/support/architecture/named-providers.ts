import ts from 'typescript'
import { cloudNames, providerNames } from '../../../distro-catalog/provider-names.js'
import { importsOf } from './imports.js'
import { place, visit, type Source } from './source.js'

const names: readonly string[] = providerNames
/** All that is known of one provider is in its folders. */
const OWN_FOLDERS = new RegExp(`^(?:local-vm/|(?:scripts/providers|stacks)/(?:${names.join('|')})/)`)

/** Shared files that name a provider, as a word or by an import from its folder: each with the places. */
export function namersOf(
  sources: readonly Source[],
  { except = [] }: { readonly except?: readonly string[] } = {},
): ReadonlyMap<string, readonly string[]> {
  const shared = sources.filter(({ path }) => !OWN_FOLDERS.test(path))
  const found = shared.map((source) => [source.path, placesIn(source, except)] as const)
  return new Map(found.filter(([, places]) => places.length > 0))
}

/** `local` is many another thing, too: files in `except` mean one of those. */
function placesIn(source: Source, except: readonly string[]): string[] {
  const meant: readonly string[] = except.includes(source.path) ? cloudNames : names
  const places = importsOf(source)
    .filter(({ target = '' }) => OWN_FOLDERS.test(target) && !target.startsWith('local-vm/'))
    .map((found) => `${found.place} imports ${found.specifier}`)
  visit(source, (node) => {
    const word = wordOf(node)
    if (word !== undefined && meant.includes(word)) places.push(`${place(source, node)} ${word}`)
  })
  return places
}

/** A literal, the name of a property, or the property that is asked for. */
function wordOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return isSpecifier(node) ? undefined : node.text
  if (ts.isPropertyAccessExpression(node)) return node.name.text
  const isNamed =
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isBindingElement(node)
  return isNamed && ts.isIdentifier(node.name) ? node.name.text : undefined
}

const isSpecifier = ({ parent }: ts.Node): boolean =>
  ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)
