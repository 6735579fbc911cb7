import { withGuard } from '../../backend/guard.js'
import type { Context } from '../context.js'
import { ensureFolder, providerFolder } from '../workspace.js'

/** Loading a provider may take minutes on a slow network. In milliseconds. */
const PROVIDERS_PATIENCE_MS = 15 * 60_000

/** Whether the engine has to load anything for labs there. */
export const hasEngineProvider = (provider: string | undefined): boolean => provider !== 'local'

/**
 * With the folder of the providers of all labs, one command at a time: engines before 1.10 write into it side by side.
 * Undefined where nothing is loaded, as for local labs, or the user has one of their own.
 */
export async function withProviders<T>(
  { env, space, progress }: Context,
  of: { readonly lab: string; readonly provider: string | undefined; readonly signal: AbortSignal },
  action: (folder: string | undefined) => Promise<T>,
): Promise<T> {
  if (env.hasProviderCache || !hasEngineProvider(of.provider)) return action(undefined)
  const folder = await ensureFolder(providerFolder(space))
  const onWait = (pid: number): void => {
    if (pid !== process.pid)
      progress.say(`${of.lab}: waiting for another command (pid ${pid}) that is downloading providers …`)
  }
  return withGuard(`${folder}.guard`, { timeoutMs: PROVIDERS_PATIENCE_MS, signal: of.signal, onWait }, () =>
    action(folder),
  )
}
