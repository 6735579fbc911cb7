import { availableParallelism } from 'node:os'
import { inParallel } from '../../../backend/in-parallel.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import { planOrForetell } from './blind.js'
import { planLabChanges, type LabChanges } from './plan.js'
import { labNameOf } from '../../lab/target.js'

/** The plan of one lab, or of the default labs of several profiles (`--profile a,b`), in the order given. */
export async function planAsked(context: Context, positional: string | undefined): Promise<LabChanges[]> {
  const contexts = contextsOf(context, positional)
  const { progress } = context
  progress.beginStep('plan', 1, 1)
  const planned = await inParallel(contexts, availableParallelism(), (each) => attempt(each, positional))
  const failed = planned.find((one) => 'error' in one)
  if (failed !== undefined) progress.failStep()
  else progress.endStep()
  return planned.map((one) => {
    if ('error' in one) throw one.error
    return one.plan
  })
}

/** One for each profile; everything else is the same for all. */
function contextsOf(context: Context, positional: string | undefined): Context[] {
  const { settings } = context
  const profiles = settings.profile?.split(',').filter((profile) => profile !== '') ?? []
  if (profiles.length < 2) return [context]
  if (positional !== undefined || settings.name !== undefined) {
    const problem = 'Several profiles are planned as their default labs: leave out the name of the lab.'
    throw new LabError({ code: 'usage', problem, command: 'plan' })
  }
  return profiles.map((profile) => ({ ...context, settings: { ...settings, profile } }))
}

type Attempt = { readonly plan: LabChanges } | { readonly error: unknown }

/** Wait for the others, so that a failure leaves no engine behind. */
async function attempt(context: Context, positional: string | undefined): Promise<Attempt> {
  try {
    // A reviewer sees what is known; a script would take a guess for an answer.
    const planning = context.settings.markdown ? planOrForetell : planLabChanges
    return { plan: await planning(context, labNameOf(context, positional)) }
  } catch (error) {
    return { error }
  }
}
