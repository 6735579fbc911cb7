import type { CloudName } from '../../distro-catalog/provider.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { cloudPlanning } from './cloud-hooks.js'
import type { ProviderHooks } from './provider-hooks.js'

/**
 * A cloud whose labs can be planned and written down, and not made: everything else is refused. Whether there are
 * credentials is said first, because that is what a user meets first.
 */
export function unbuiltHooks(
  provider: CloudName,
  checkCredentials: (context: Context) => Promise<void>,
): Omit<ProviderHooks, 'buildSpec'> {
  const refuse = async (): Promise<never> => {
    throw new LabError({ code: 'cloud-not-built', provider })
  }
  return {
    ...cloudPlanning(provider),
    async checkPrerequisites(context) {
      await checkCredentials(context)
      await refuse()
    },
    ...{ prepareImage: refuse, presence: refuse, enforcers: refuse, moveExpiry: refuse, start: refuse },
    ...{ removeLeftovers: refuse, consoleTail: refuse },
  }
}
