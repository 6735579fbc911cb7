import { setMaxListeners } from 'node:events'
import { EnvHttpProxyAgent, Pool } from 'undici'

export interface Probe {
  readonly region: string
  /** Something near that answers to a GET, with whatever status. */
  readonly url: string
}

/**
 * Round trips in ms by region, all measured at once. Of two requests on one connection the second counts: the first pays
 * for name lookup, handshakes and whatever sleeps there. A region that fails or does not answer within `capMs` is left out.
 */
export async function measureRoundTrips(
  probes: readonly Probe[],
  options: { readonly capMs: number; readonly signal: AbortSignal; readonly proxied: boolean },
): Promise<Record<string, number>> {
  const cap = AbortSignal.timeout(options.capMs)
  const signal = AbortSignal.any([options.signal, cap])
  // Every request listens to it: that many are no leak.
  setMaxListeners(0, signal)
  const measured = await Promise.all(probes.map((probe) => measureOne(probe, signal, options.proxied)))
  options.signal.throwIfAborted()
  return Object.fromEntries(measured.flat())
}

async function measureOne(
  { region, url }: Probe,
  signal: AbortSignal,
  proxied: boolean,
): Promise<[string, number][]> {
  const { origin, pathname, search } = new URL(url)
  const client = proxied ? new EnvHttpProxyAgent({ connections: 1 }) : new Pool(origin, { connections: 1 })
  const ask = async (): Promise<number> => {
    const started = performance.now()
    const { body } = await client.request({ origin, method: 'GET', path: pathname + search, signal })
    const elapsed = performance.now() - started
    await body.dump()
    return elapsed
  }
  try {
    await ask()
    return [[region, Math.round(await ask())]]
  } catch {
    // Unreachable, refused or too slow: all the same to a ranking, which then goes on without this region.
    return []
  } finally {
    await client.destroy()
  }
}
