import { planGoogleLab } from '../../stacks/google/plan.js'
import { checkGoogleCredentials } from '../clouds/google-credentials.js'
import { cloudPlan } from './cloud-hooks.js'
import type { ProviderHooks } from './provider-hooks.js'
import { unbuiltHooks } from './unbuilt-hooks.js'

export const googleHooks: ProviderHooks = {
  ...unbuiltHooks('google', ({ env }) => checkGoogleCredentials(env.credentialNames)),
  buildSpec: (...facts) => planGoogleLab(cloudPlan(...facts)),
}
