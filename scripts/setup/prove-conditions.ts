import { ProbedStore } from '../../backend/conditions.js'
import { BackendError } from '../../backend/errors.js'
import type { Context } from '../context.js'

/** Why conditional writes are believed to work; without them nothing is locked. */
export type Conditions =
  /** The server just refused test writes that it must refuse. */
  | 'proven'
  /** AWS, Google or the file system guarantees it. */
  | 'promised'
  /** We have no right to write there, so nothing was tried. */
  | 'untried'

/** Throws BackendError `store-no-conditions` for a server on which labs could not be locked. */
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
