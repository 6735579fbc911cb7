import type { Context } from '../context.js'
import type { EngineLimits } from '../engine/watch.js'
import type { Provider } from '../providers/provider.js'

/** The engine's time limit: the provider's own, or the user's. */
export function limitsOf({ settings }: Context, { patience }: Provider): EngineLimits {
  const { applyTimeout: totalMs = patience.totalMs } = settings
  return { totalMs, quietMs: Math.min(patience.quietMs, totalMs), graceMs: GRACE_MS }
}

/** After an interrupt OpenTofu waits for what it has begun, and writes its state. */
const GRACE_MS = 2 * 60_000
