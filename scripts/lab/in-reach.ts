import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { providerOf } from '../providers/registry.js'
import { assertHere } from './here.js'
import { assertOwnFacts } from './own-facts.js'
import { hasEngineProvider } from './provider-cache.js'

/**
 * Throws LabError lab-on-other-computer, record-mismatch or other-account: a search from here would find
 * nothing of the lab, and report it as gone.
 */
export async function assertInReach(context: Context, lab: AnyLab): Promise<void> {
  assertHere(context, lab)
  assertOwnFacts(context, lab)
  await assertAccount(context, lab.lab, lab)
}

/**
 * Like `assertInReach`, before a lab is removed. A lab of which nothing was ever made is nowhere, so its
 * account, which may be closed by now, is not asked.
 */
export async function assertRemovable(context: Context, lab: AnyLab): Promise<void> {
  if (!isNeverMade(lab)) return assertInReach(context, lab)
  assertHere(context, lab)
  assertOwnFacts(context, lab)
}

/** Nothing is requested from a cloud before the image of the machines is in the record. */
export const isNeverMade = ({ image, machines, provider }: AnyLab): boolean =>
  [{ image }, ...machines].every((each) => each.image === null) && hasEngineProvider(provider)

/** `what`: for the message. Throws LabError other-account, or as the check of an account does. */
export async function assertAccount(
  { interrupt }: Context,
  what: string,
  { account, provider }: Pick<AnyLab, 'account' | 'provider'>,
): Promise<void> {
  // Older records have none.
  if (account === undefined) return
  const given = await (await providerOf(provider)).account?.(interrupt.signal)
  if (given === account) return
  throw new LabError({ code: 'other-account', what, provider, account, given: given ?? 'none' })
}
