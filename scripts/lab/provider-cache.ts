import { withGuard } from '../../backend/guard.js'
import type { Context } from '../context.js'
import { BUILT_IN } from '../../stacks/engine-provider.js'
import { engineProviderOf } from '../../stacks/registry.js'
import { isSupported } from '../providers/registry.js'
import { ensureFolder, providerFolder } from '../workspace.js'

/** Downloading a provider may take minutes on a slow network. In milliseconds. */
const PROVIDERS_PATIENCE_MS = 15 * 60_000

/** Whether the engine must download anything for these labs. */
export const hasEngineProvider = (provider: string | undefined): boolean =>
  provider === undefined || !isSupported(provider) || engineProviderOf(provider).source !== BUILT_IN

/**
 * Runs with the folder of all labs' providers, one command at a time, because engines before 1.10 do not
 * coordinate their writes. Undefined if nothing is downloaded, as for local labs, or the user has their own
 * folder.
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
