/** Waits no longer once `signal` aborts, and throws its reason: what a machine owes us may never come. */
export function orAborted<T>(wanted: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    const ending = wanted.finally(() => signal.removeEventListener('abort', onAbort))
    ending.then(resolve, reject)
  })
}
