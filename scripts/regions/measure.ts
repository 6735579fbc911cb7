import { setMaxListeners } from 'node:events'
import { EnvHttpProxyAgent, Pool } from 'undici'

export interface Probe {
  readonly region: string
  /** A nearby server that answers to a GET, with any status. */
  readonly url: string
}

/**
 * Round trips in ms by region, all measured at once. The second of two requests on one connection counts,
 * because the first pays for name lookup, handshakes and idle servers. A region that fails or does not answer
 * within `capMs` is left out.
 */
export async function measureRoundTrips(
  probes: readonly Probe[],
  options: { readonly capMs: number; readonly signal: AbortSignal; readonly proxied: boolean },
): Promise<Record<string, number>> {
  const cap = AbortSignal.timeout(options.capMs)
  const signal = AbortSignal.any([options.signal, cap])
  // Every request listens to it; so many listeners are not a leak.
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
    // Unreachable, refused and too slow mean the same here: the ranking continues without this region.
    return []
  } finally {
    await client.destroy()
  }
}
