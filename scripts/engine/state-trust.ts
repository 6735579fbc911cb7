import type { Leasable } from '../../backend/keys.js'
import type { BackendLocation } from '../../backend/location.js'
import type { ObjectStore } from '../../backend/store.js'
import type { EngineProvider } from '../../stacks/engine-providers.js'
import { LabError } from '../errors.js'
import { foreignIn } from './foreign-state.js'
import { parseState, type ParsedState } from './state-document.js'
import { readStateText } from './state-file.js'

/**
 * Refuses a state that names anything else than the labs and images of this provider are made of: OpenTofu would load and
 * run the provider that it names, and destroy the resource. One that is encrypted is authenticated by that. Throws LabError
 * state-refused.
 */
export async function assertOwnState(
  store: ObjectStore,
  location: BackendLocation,
  owner: Leasable,
  provider: EngineProvider,
): Promise<void> {
  const { place, text } = await readStateText(store, location, owner)
  // OpenTofu takes an empty file for no state.
  if (text === undefined || text.trim() === '') return
  const state = parseState(text)
  const problems = [...foreignIn(state, provider), ...brokenIn(state, location)]
  if (problems.length > 0) throw new LabError({ code: 'state-refused', lab: owner, place, problems })
}

/**
 * In a folder the engine may have been killed while it wrote, and it says so itself. In a bucket a state is whole or not
 * there, and what is no JSON to us may be unpacked by the engine's client.
 */
const brokenIn = (state: ParsedState, { kind }: BackendLocation): readonly string[] =>
  state.kind === 'broken' && kind !== 'directory' ? [state.reason] : []
