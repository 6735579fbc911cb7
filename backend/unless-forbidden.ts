import { BackendError } from './errors.js'

/** What a question gave; undefined where we may not ask it, and the missing right is then added to `untold`. */
export async function unlessForbidden<T>(untold: string[], ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof BackendError) || error.fault.code !== 'store-forbidden') throw error
    untold.push(error.fault.permission)
    return undefined
  }
}
