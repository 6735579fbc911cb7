import { minimumEngines } from '../../backend/state-backend.js'
import type { Context } from '../context.js'
import type { ObtainOptions } from '../engine/obtain.js'
import { archiveFor } from '../engine/release.js'
import { resolveEngine, type Engine } from '../engine/resolve.js'

/** The oldest engine that locks the state of this backend natively. */
export const minimumEngine = ({ location }: Context): string => minimumEngines[location.kind]

/** The engine for this backend, obtained where this computer has none that will do. Throws LabError `engine-missing`. */
export const engineFor = (context: Context): Promise<Engine> =>
  resolveEngine(context.env, minimumEngine(context), sourcesOf(context))

/** What obtaining an engine needs to know of a command. */
export const sourcesOf = ({ env, settings, interrupt, progress }: Context): ObtainOptions => ({
  ...{ env, progress, mirror: settings.engineMirror, signal: interrupt.signal },
  archive: archiveFor(process.platform, process.arch),
})
