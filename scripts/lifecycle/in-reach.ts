import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { hooksOf } from './provider-hooks.js'
import { assertHere } from './here.js'
import { assertOwnFacts } from './own-facts.js'

/**
 * Throws LabError lab-on-other-computer, record-mismatch or other-account: who asks there finds nothing of the lab, and would take it for
 * gone.
 */
export async function assertInReach(context: Context, lab: AnyLab): Promise<void> {
  assertHere(context, lab)
  assertOwnFacts(context, lab)
  await assertAccount(context, lab.lab, lab)
}

/** `what`: for the message. Throws LabError other-account, or as the check of an account does. */
export async function assertAccount(
  { interrupt }: Context,
  what: string,
  { account, provider }: Pick<AnyLab, 'account' | 'provider'>,
): Promise<void> {
  // Records of before name none.
  if (account === undefined) return
  const given = await (await hooksOf(provider)).account?.(interrupt.signal)
  if (given === account) return
  throw new LabError({ code: 'other-account', what, provider, account, given: given ?? 'none' })
}
