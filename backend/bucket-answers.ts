import type { BucketRequest, Trouble } from './bucket.js'
import type { BackendFault } from './errors.js'

/** Turns answers of S3 and GCS into outcomes in the same way. */

export const lasting = (fault: BackendFault): Trouble => ({ kind: 'lasting', fault })

/** `said`: who lacks which right, if the answer tells; `usual`: the right that each operation needs. */
export function forbidden(
  said: RegExpExecArray | null,
  request: BucketRequest,
  place: string,
  usual: Readonly<Record<BucketRequest['operation'], string>>,
): Trouble {
  const [, identity, permission = request.permission ?? usual[request.operation]] = said ?? []
  return lasting({
    code: 'store-forbidden',
    place,
    permission,
    ...(identity === undefined ? {} : { identity }),
  })
}

/** The outcome of a conditional request; `refused` if its condition does not hold. */
export async function orRefused<T>(
  isRefused: (error: unknown) => boolean,
  request: () => Promise<T>,
): Promise<T | 'refused'> {
  try {
    return await request()
  } catch (error) {
    if (isRefused(error)) return 'refused'
    throw error
  }
}

/**
 * Thrown for a successful answer that is not a listing: a network's login page, or a different kind of
 * server.
 */
export const notAListing = (answer: string): TypeError => {
  const begin = answer.trim().slice(0, 80)
  return new TypeError(`the answer lists no bucket, but is ${begin === '' ? 'empty' : JSON.stringify(begin)}`)
}
