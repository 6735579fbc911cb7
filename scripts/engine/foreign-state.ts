import type { EngineProvider } from '../../stacks/engine-provider.js'
import type { ParsedState, StateResource } from './state-document.js'

/** Describes the first thing in a state that distrolab did not make. */
export function foreignIn(state: ParsedState, provider: EngineProvider): readonly string[] {
  if (state.kind === 'odd') return [state.reason]
  if (state.kind !== 'plain') return []
  return [...new Set(state.document.resources.flatMap((found) => foreignOf(found, provider)))].slice(0, MOST)
}

const MOST = 5

function foreignOf(found: StateResource, { source, types }: EngineProvider): readonly string[] {
  const { module, mode, type, name, provider } = found
  if (provider !== `provider["${source}"]`) return [`the provider ${shown(provider)}`]
  if (module !== undefined) return [`the module ${shown(module)}`]
  if (mode === 'data') return []
  if (mode !== 'managed' || typeof type !== 'string' || !types.includes(type))
    return [`the resource ${shown(type)} ${shown(name)}`]
  return []
}

const LONGEST = 120

/** Its writer may have aimed it at the terminal. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none'
  const plain = text.replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain
}
