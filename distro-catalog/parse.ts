import type { CatalogProblem } from './errors.js'
import { parseYamlText } from './yaml-text.js'

/** The outcome of one stage for one file: its value, or all problems. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly CatalogProblem[] }

/**
 * Parses YAML text into plain data of unknown type. Reports all syntax errors together. Aliases and anchors
 * work; custom tags do not.
 */
export function parseYaml(text: string, file: string): Checked<unknown> {
  const { value, errors, warnings } = parseYamlText(text)
  const troubles = [...errors, ...warnings]
  if (troubles.length === 0) return { ok: true, value }
  return {
    ok: false,
    problems: troubles.map((got) => ({
      file,
      field: '(file)',
      expected: 'readable YAML',
      got,
      remedy: 'correct the YAML at that place; indentation and unquoted ":" or "#" are the usual causes',
    })),
  }
}

/**
 * Trims text and removes empty fields (`codename:`), so that an empty field and a missing one mean the same.
 * Never fails: wrong values stay wrong for validation.
 */
export function normaliseEntry(value: unknown): unknown {
  if (typeof value === 'string') return value.trim()
  if (Array.isArray(value)) return value.map(normaliseEntry)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, field]) => field !== null && field !== undefined)
  return Object.fromEntries(kept.map(([key, field]) => [key, normaliseEntry(field)]))
}
