import type { Context } from '../../context.js'
import { planAll, type PlanEntry } from './all.js'
import { planAsked } from './asked.js'

/** The plans that a command line asks for. */
export async function planEntries(
  context: Context,
  positional: string | undefined,
  isAll: boolean,
): Promise<readonly PlanEntry[]> {
  if (isAll) return planAll(context, positional)
  const plans = await planAsked(context, positional)
  return plans.map((plan) => ({ lab: plan.lab, kind: 'planned', plan, differences: [] }))
}
