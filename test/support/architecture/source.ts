import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'

/** A file as the checks see it. */
export interface Source {
  /** From the package root, with slashes: `scripts/engine/tofu.ts`. */
  readonly path: string
  readonly text: string
}

/** Every .ts file of the rooms. */
export async function readSources(root: string, rooms: readonly string[]): Promise<Source[]> {
  const paths = await Promise.all(rooms.map((room) => pathsOf(root, room)))
  return Promise.all(
    paths.flat().map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
  )
}

async function pathsOf(root: string, room: string): Promise<string[]> {
  const entries = await readdir(join(root, room), { recursive: true })
  return entries.filter((entry) => entry.endsWith('.ts')).map((entry) => `${room}/${entry}`)
}

/** Calls `see` for every node of the file, parents first. */
export function visit(source: Source, see: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    see(node)
    ts.forEachChild(node, walk)
  }
  walk(parse(source))
}

/** `path:line` of a node, as editors open it. */
export const place = (source: Source, node: ts.Node): string => {
  const file = parse(source)
  return `${source.path}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`
}

const parsed = new WeakMap<Source, ts.SourceFile>()

function parse(source: Source): ts.SourceFile {
  const known = parsed.get(source)
  if (known !== undefined) return known
  const file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2022, true)
  parsed.set(source, file)
  return file
}
