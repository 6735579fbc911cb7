import type { Leasable } from '../../backend/keys.js'
import type { BackendLocation } from '../../backend/location.js'
import type { ObjectStore } from '../../backend/store.js'
import type { EngineProvider } from '../../stacks/engine-provider.js'
import { LabError } from '../errors.js'
import { foreignIn } from './foreign-state.js'
import { parseState, type ParsedState } from './state-document.js'
import { readStateText } from './state-file.js'

/**
 * Refuses a state that names anything other than what labs and images of this provider consist of, because
 * OpenTofu would load and run the provider that it names, and destroy the resource. An encrypted state is
 * authenticated by its encryption. Throws LabError state-refused.
 */
export async function assertOwnState(
  store: ObjectStore,
  location: BackendLocation,
  owner: Leasable,
  provider: EngineProvider,
): Promise<void> {
  const { place, text } = await readStateText(store, location, owner)
  // OpenTofu treats an empty file as no state.
  if (text === undefined || text.trim() === '') return
  const state = parseState(text)
  const problems = [...foreignIn(state, provider), ...brokenIn(state, location)]
  if (problems.length > 0) throw new LabError({ code: 'state-refused', lab: owner, place, problems })
}

/**
 * In a folder the engine may have been killed while writing, and reports that itself. In a bucket a state is
 * complete or absent, and text that is not JSON to us may be unpacked by the engine's client.
 */
const brokenIn = (state: ParsedState, { kind }: BackendLocation): readonly string[] =>
  state.kind === 'broken' && kind !== 'directory' ? [state.reason] : []
