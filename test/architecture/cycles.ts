import { importsOf } from './imports.js'
import type { Source } from './source.js'

/**
 * Each circle of files that load one another, once. Imports of types alone are not counted: the compiler erases
 * them, and a union over providers and its members rightly know each other.
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

function loadedBy(source: Source): string[] {
  const targets = importsOf(source).filter(({ isType }) => !isType)
  return [...new Set(targets.flatMap(({ target }) => target ?? []))]
}
