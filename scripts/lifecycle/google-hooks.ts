import { planGoogleLab } from '../../stacks/google/plan.js'
import { cloudHooks, cloudPlan } from './cloud-hooks.js'
import type { ProviderHooks } from './provider-hooks.js'

export const googleHooks: ProviderHooks = {
  ...cloudHooks('google'),
  buildSpec: (context, lab, profile) => planGoogleLab(cloudPlan(context, lab, profile)),
}
