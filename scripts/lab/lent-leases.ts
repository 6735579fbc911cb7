import { parseLeaseTokens, type LeaseToken } from '../../backend/lease-token.js'
import type { Context } from '../context.js'

/** The leases that were lent to us. Throws BackendError `lease-token-refused`. */
export const lentTokens = ({ env }: Pick<Context, 'env'>): readonly LeaseToken[] =>
  env.lease === undefined ? [] : parseLeaseTokens(env.lease)
