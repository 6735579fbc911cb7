/**
 * Runs at most `limit` actions at once. Results are in the order of `items`. The first failure is thrown;
 * running actions continue.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  action: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await action(item)
  }
  await Promise.all(Array.from({ length: limit }, work))
  return results
}
