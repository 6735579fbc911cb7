import { planAzureLab } from '../../stacks/azure/plan.js'
import { checkAzureCredentials } from '../clouds/azure-credentials.js'
import { cloudPlan } from './cloud-hooks.js'
import type { ProviderHooks } from './provider-hooks.js'
import { unbuiltHooks } from './unbuilt-hooks.js'

export const azureHooks: ProviderHooks = {
  ...unbuiltHooks('azure', ({ env }) => checkAzureCredentials(env.credentialNames)),
  buildSpec: (...facts) => planAzureLab(cloudPlan(...facts)),
}
