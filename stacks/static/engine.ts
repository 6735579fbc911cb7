import { BUILT_IN, type EngineProvider } from '../engine-provider.js'

export const staticEngine: EngineProvider = { source: BUILT_IN, types: [] }
