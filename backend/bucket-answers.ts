import type { BucketRequest, Trouble } from './bucket.js'
import type { BackendFault } from './errors.js'

/** What becomes of S3's and GCS's answers alike. */

export const lasting = (fault: BackendFault): Trouble => ({ kind: 'lasting', fault })

/** `said`: who may not, and what, as far as the answer tells; `usual`: the right that each operation needs. */
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

/** What a conditional request gives; `refused` where its condition does not hold. */
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

/** What is thrown for an answer of success that lists nothing: a login page of the network, a server of another kind. */
export const notAListing = (answer: string): TypeError => {
  const begin = answer.trim().slice(0, 80)
  return new TypeError(`the answer lists no bucket, but is ${begin === '' ? 'empty' : JSON.stringify(begin)}`)
}
