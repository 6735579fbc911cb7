import { planAwsLab } from '../../stacks/aws/plan.js'
import { cloudHooks, cloudPlan } from './cloud-hooks.js'
import type { ProviderHooks } from './provider-hooks.js'

export const awsHooks: ProviderHooks = {
  ...cloudHooks('aws'),
  buildSpec: (context, lab, profile) => planAwsLab(cloudPlan(context, lab, profile)),
}
