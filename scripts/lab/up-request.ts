import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { providerOf } from '../providers/registry.js'
import { decideUp, type UpRequest } from './decide-up.js'
import { resolveAsked } from './same-lab.js'

/**
 * What `decideUp` goes by, for the settings of a command. `living`: the lab's record, unless it is destroyed. Where no network
 * can be opened, none is looked up.
 */
export async function upRequest(
  context: Context,
  living: AnyLab | undefined,
  { now, isLent }: Pick<UpRequest, 'now' | 'isLent'>,
): Promise<UpRequest> {
  const asked = living === undefined ? undefined : await resolveAsked(context, living)
  const request = { now, asked, allowFrom: undefined, isLent }
  if (living === undefined || context.settings.allowFrom.length === 0) return request
  if (decideUp(living, request).kind === 'refuse') return request
  const { networks } = await providerOf(living.provider)
  return { ...request, allowFrom: await networks?.allowFrom(context, 'measure') }
}
