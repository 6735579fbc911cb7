import { BackendError } from './errors.js'

/**
 * The answer to a question; undefined if we may not ask it, and then the missing right is added to `untold`.
 */
export async function unlessForbidden<T>(untold: string[], ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof BackendError) || error.fault.code !== 'store-forbidden') throw error
    untold.push(error.fault.permission)
    return undefined
  }
}
