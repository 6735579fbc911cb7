import { importsOf } from './imports.js'
import type { Source } from './source.js'

/**
 * Each circle of files that load one another, once. Imports of types alone are not counted: the compiler erases them.
 */
export function importCycles(sources: readonly Source[]): string[] {
  const graph = new Map(sources.map((source) => [source.path, loadedBy(source)]))
  const done = new Set<string>()
  const cycles: string[] = []
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) return void cycles.push([...trail.slice(start), path].join(' -> '))
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) walk(path, [])
  return cycles
}

/**
 * How `entry` comes to load a file (by its path) or a package (by its specifier), `import()` included unless told
 * otherwise: the files on the way and what is meant, or undefined if it does not. Packages are not looked into.
 */
export function wayTo(
  sources: readonly Source[],
  entry: string,
  isMeant: (reached: string) => boolean,
  { lazily = true }: { readonly lazily?: boolean } = {},
): readonly string[] | undefined {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const seen = new Set<string>()
  const walk = (path: string): readonly string[] | undefined => {
    const source = byPath.get(path)
    if (source === undefined || seen.has(path)) return undefined
    seen.add(path)
    for (const { specifier, target, isType, isLazy } of importsOf(source)) {
      if (isType || (isLazy && !lazily)) continue
      const reached = target ?? specifier
      const rest = isMeant(reached) ? [reached] : walk(reached)
      if (rest !== undefined) return [path, ...rest]
    }
    return undefined
  }
  return walk(entry)
}

function loadedBy(source: Source): string[] {
  const targets = importsOf(source).filter(({ isType }) => !isType)
  return [...new Set(targets.flatMap(({ target }) => target ?? []))]
}

/** Each group of files that import one another, types included, as one line; the files in their order. */
export function importCircles(sources: readonly Source[]): string[] {
  const graph = new Map(
    sources.map((source) => [source.path, importsOf(source).flatMap(({ target }) => target ?? [])]),
  )
  const reachedFrom = new Map([...graph.keys()].map((path) => [path, reach(graph, path)]))
  const circles = [...graph.keys()].map((path) =>
    [...(reachedFrom.get(path) ?? [])].filter((other) => reachedFrom.get(other)?.has(path) === true),
  )
  return [
    ...new Set(circles.filter((circle) => circle.length > 0).map((circle) => circle.sort().join(' <-> '))),
  ]
}

function reach(graph: ReadonlyMap<string, readonly string[]>, from: string): ReadonlySet<string> {
  const seen = new Set<string>()
  const waiting = [...(graph.get(from) ?? [])]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    waiting.push(...(graph.get(path) ?? []))
  }
  return seen
}
