import { readSource } from '../cli/support.js'
import { parseEngineLine, type EngineEvent } from '../../../scripts/engine/stream.js'

/** What a real engine printed; `recorded/README.md` says how it was recorded. */
export const recorded = (name: string, version: '1.6.2' | '1.12.6' = '1.6.2'): Promise<string> =>
  readSource(`test/scripts/engine/recorded/tofu-${version}/${name}`)

export const eventsOf = (text: string): EngineEvent[] =>
  text.split('\n').flatMap((line) => parseEngineLine(line) ?? [])
