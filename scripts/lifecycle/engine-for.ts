import { minimumEngines } from '../../backend/state-backend.js'
import type { Context } from '../context.js'
import type { Environment } from '../env.js'
import { resolveEngine, type Engine } from '../engine/resolve.js'

/** The oldest engine that locks the state of this backend natively. */
export const minimumEngine = ({ location }: Context): string => minimumEngines[location.kind]

const found = new WeakMap<Environment, Promise<Engine>>()

/** The engine for this backend, looked for once: each look may start a program. Throws LabError `engine-missing`. */
export function engineFor(context: Context): Promise<Engine> {
  const engine = found.get(context.env) ?? resolveEngine(context.env, minimumEngine(context))
  found.set(context.env, engine)
  return engine
}
