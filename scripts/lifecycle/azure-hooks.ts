import { planAzureLab } from '../../stacks/azure/plan.js'
import { cloudHooks, cloudPlan } from './cloud-hooks.js'
import type { ProviderHooks } from './provider-hooks.js'

export const azureHooks: ProviderHooks = {
  ...cloudHooks('azure'),
  buildSpec: (context, lab, profile) => planAzureLab(cloudPlan(context, lab, profile)),
}
