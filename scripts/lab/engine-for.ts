import semver from 'semver'
import { minimumEngines } from '../../backend/state-backend.js'
import type { Context } from '../context.js'
import { engineEncryption, ENCRYPTION_ENGINE } from '../encryption.js'
import type { ObtainOptions } from '../engine/obtain-options.js'
import { archiveFor } from '../engine/release.js'
import type { Environment } from '../env.js'
import { resolveEngine, type Engine } from '../engine/resolve.js'

/** The oldest engine that locks this backend's state natively, and encrypts it if that is configured. */
export function minimumEngine({ location, encryption }: Context): string {
  const locks = minimumEngines[location.kind]
  return encryption !== undefined && semver.lt(locks, ENCRYPTION_ENGINE) ? ENCRYPTION_ENGINE : locks
}

const found = new WeakMap<Environment, Promise<Engine>>()

/**
 * The engine for this backend. It is looked for once, because each look may start a program, and obtained if
 * this computer has none that fits. Throws LabError `engine-missing`, `passphrase-missing`.
 */
export async function engineFor(context: Context): Promise<Engine> {
  const { env, encryption } = context
  if (encryption !== undefined) engineEncryption(encryption)
  const engine = found.get(env) ?? resolveEngine(env, minimumEngine(context), sourcesOf(context))
  found.set(env, engine)
  return engine
}

/** What obtaining an engine needs from a command. */
export const sourcesOf = ({ env, settings, interrupt, progress }: Context): ObtainOptions => ({
  env,
  progress,
  mirror: settings.engineMirror,
  signal: interrupt.signal,
  archive: archiveFor(process.platform, process.arch),
})
