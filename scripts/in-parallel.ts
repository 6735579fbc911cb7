import { inParallel } from '../backend/in-parallel.js'

/**
 * `inParallel` for work that is useless in part. The first failure, or the caller's signal, stops the other
 * actions; it is thrown after all of them have ended.
 */
export async function inParallelOrNone<T>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal,
  action: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const own = AbortSignal.any([signal, stop.signal])
  let failure: { readonly error: unknown } | undefined
  await inParallel(items, limit, async (item) => {
    if (own.aborted) return
    await action(item, own).catch((error: unknown) => {
      failure ??= { error }
      stop.abort()
    })
  })
  if (failure !== undefined) throw failure.error
  signal.throwIfAborted()
}
