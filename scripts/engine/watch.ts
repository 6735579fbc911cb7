/** How long an engine may work, in milliseconds. */
export interface EngineLimits {
  /** Without a line on its stream. */
  readonly quietMs: number
  readonly totalMs: number
  /** How long it may take to end after it was told to. */
  readonly graceMs: number
}

export interface Watch {
  /** Call this when the engine has shown progress. */
  seen(): void
  /** The limit that was passed; undefined while none was. */
  readonly passed: 'quiet' | 'total' | undefined
  /** Resolves if the engine did not end although it was told to; otherwise never. */
  readonly givenUp: Promise<'given-up'>
  dispose(): void
}

/** Calls `stop` once when a limit is passed. Without limits it does nothing. */
export function watchEngine(limits: EngineLimits | undefined, stop: () => void): Watch {
  let passed: Watch['passed']
  let isDisposed = false
  let quiet: NodeJS.Timeout | undefined
  const timers: NodeJS.Timeout[] = []
  let giveUp: (value: 'given-up') => void = () => undefined
  const givenUp = new Promise<'given-up'>((resolve) => (giveUp = resolve))
  const pass = (which: 'quiet' | 'total') => (): void => {
    if (passed !== undefined || limits === undefined) return
    passed = which
    stop()
    timers.push(setTimeout(() => giveUp('given-up'), limits.graceMs))
  }
  const seen = (): void => {
    clearTimeout(quiet)
    if (limits !== undefined && passed === undefined && !isDisposed)
      quiet = setTimeout(pass('quiet'), limits.quietMs)
  }
  seen()
  if (limits !== undefined) timers.push(setTimeout(pass('total'), limits.totalMs))
  return {
    seen,
    get passed() {
      return passed
    },
    givenUp,
    dispose() {
      isDisposed = true
      for (const timer of [quiet, ...timers]) clearTimeout(timer)
    },
  }
}
