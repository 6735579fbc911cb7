import { BUILT_IN, type EngineProvider } from '../engine-provider.js'

export const localEngine: EngineProvider = { source: BUILT_IN, types: ['terraform_data'] }
