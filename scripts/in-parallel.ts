/**
 * At most `limit` actions at once. Results are in the order of `items`, whichever is done first; the first failure is
 * thrown, with the actions under way going on.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  action: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = [...items.entries()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next
      results[index] = await action(item)
    }
  }
  await Promise.all(Array.from({ length: limit }, work))
  return results
}

/**
 * The same for what is worth nothing in part: the first failure, or the caller's signal, stops the others, which have all
 * ended when its reason is thrown.
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
