import { ProbedStore } from '../../backend/conditions.js'
import { BackendError } from '../../backend/errors.js'
import type { Context } from '../context.js'

/** Why writes are believed to keep their conditions, without which nothing is locked. */
export type Conditions =
  /** The server was made to refuse writes just now. */
  | 'proven'
  /** AWS, Google or the file system promise it. */
  | 'promised'
  /** We have no right to write there, so nothing was tried. */
  | 'untried'

/** Throws BackendError `store-no-conditions` of a server where labs could not be locked. */
export async function proveConditions(context: Context): Promise<Conditions> {
  const store = await context.store()
  if (!(store instanceof ProbedStore)) return 'promised'
  try {
    await store.probe()
    return 'proven'
  } catch (error) {
    if (error instanceof BackendError && error.fault.code === 'store-forbidden') return 'untried'
    throw error
  }
}
