import { minimumEngines } from '../../backend/state-backend.js'
import type { Context } from '../context.js'
import { resolveEngine, type Engine } from '../engine/resolve.js'

/** The oldest engine that locks the state of this backend natively. */
export const minimumEngine = ({ location }: Context): string => minimumEngines[location.kind]

/** The engine for this backend. Throws LabError `engine-missing`. */
export const engineFor = (context: Context): Promise<Engine> =>
  resolveEngine(context.env, minimumEngine(context))
