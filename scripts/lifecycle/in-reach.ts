import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { hooksOf } from './provider-hooks.js'
import { isElsewhere } from './target.js'

/**
 * Throws LabError lab-on-other-computer or lab-of-other-account: who asks there finds nothing of the lab, and would take it
 * for gone.
 */
export async function assertInReach({ interrupt }: Context, lab: AnyLab): Promise<void> {
  if (isElsewhere(lab))
    throw new LabError({ code: 'lab-on-other-computer', lab: lab.lab, host: lab.owner.host })
  const { account, provider } = lab
  // Records of before name none.
  if (account === undefined) return
  const given = await (await hooksOf(provider)).account?.(interrupt.signal)
  if (given !== account)
    throw new LabError({
      code: 'lab-of-other-account',
      lab: lab.lab,
      provider,
      account,
      given: given ?? 'none',
    })
}
