import { setTimeout as sleep } from 'node:timers/promises'

/** How long and how often to ask a bucket. All in milliseconds. */
export interface Patience {
  readonly attempts: number
  /** For one attempt, including its answer's body. */
  readonly requestMs: number
  /** No attempt begins later than this after the first one. */
  readonly totalMs: number
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** When it aborts, every request ends with its reason. */
  readonly until?: AbortSignal | undefined
}

/** Together well below the minute that a lease is valid, so that a renewal is settled in time. */
export const usualPatience: Patience = {
  attempts: 5,
  requestMs: 8_000,
  totalMs: 15_000,
  firstPauseMs: 100,
  longestPauseMs: 2_000,
}

/** An attempt without an answer in time; whether the server acted on it is unknown. */
export class NoAnswer extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`)
    this.name = 'NoAnswer'
  }
}

/**
 * Makes attempts until one succeeds. `passingReason` says why another try after an error may help, or throws
 * what the error means; `giveUp` makes the final error. Pauses double and have full jitter, so that many
 * failing clients do not come back at the same moment.
 */
export async function persistently<T>(
  patience: Patience,
  attempt: (signal: AbortSignal) => Promise<T>,
  passingReason: (error: unknown) => string,
  giveUp: (reason: string, cause: unknown) => Error,
): Promise<T> {
  const began = performance.now()
  const { until } = patience
  for (let n = 1; ; n++) {
    try {
      return await within(patience.requestMs, until, attempt)
    } catch (error) {
      until?.throwIfAborted()
      const reason = error instanceof NoAnswer ? error.message : passingReason(error)
      const pause = Math.min(patience.longestPauseMs, patience.firstPauseMs * 2 ** (n - 1)) * Math.random()
      const isTooLate = performance.now() + pause - began > patience.totalMs
      if (n >= patience.attempts || isTooLate) throw giveUp(reason, error)
      // The next attempt sees that it has ended.
      await sleep(pause, undefined, { signal: until }).catch(() => undefined)
    }
  }
}

/** Even if `action` ignores the signal: what it still does no longer matters. */
async function within<T>(
  ms: number,
  until: AbortSignal | undefined,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  until?.throwIfAborted()
  const abort = new AbortController()
  let stop = (): void => undefined
  let timer: NodeJS.Timeout | undefined
  const ended = new Promise<never>((_, reject) => {
    const end = (error: Error): void => {
      reject(error)
      abort.abort()
    }
    timer = setTimeout(() => end(new NoAnswer(ms)), ms)
    stop = () => end(until?.reason as Error)
    until?.addEventListener('abort', stop, { once: true })
  })
  const acting = action(abort.signal)
  try {
    return await Promise.race([acting, ended])
  } finally {
    clearTimeout(timer)
    until?.removeEventListener('abort', stop)
    acting.catch(() => undefined)
  }
}
