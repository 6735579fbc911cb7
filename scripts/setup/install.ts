import type { Context } from '../context.js'
import { findMissing, installPrerequisites, LOCAL_PREREQUISITES } from './prerequisites.js'

/** Installs what the local provider lacks on this computer; does nothing if nothing is missing. */
export async function installMissing({ env, progress }: Context): Promise<void> {
  const missing = await findMissing(env, LOCAL_PREREQUISITES)
  if (missing.length > 0) await installPrerequisites(env, missing, (text) => progress.say(text))
}
