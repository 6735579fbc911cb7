import { LabError } from '../errors.js'
import { explain } from '../explain.js'

/** `detail` reports what the cloud refuses; the next look shows what is left. */
export async function refusable(
  what: string,
  detail: (text: string) => void,
  action: () => Promise<unknown>,
): Promise<void> {
  try {
    await action()
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    detail(`${what}: ${explain(error).message}`)
  }
}

/** Removes everything that `find` finds, one after the other, and returns the labels of what is left. */
export async function removeFound<T>(
  find: () => Promise<readonly T[]>,
  remove: (found: T) => Promise<unknown>,
  { label, detail }: { readonly label: (found: T) => string; readonly detail: (text: string) => void },
): Promise<readonly string[]> {
  const found = await find()
  for (const each of found) await refusable(label(each), detail, () => remove(each))
  return found.length === 0 ? [] : (await find()).map(label)
}
