import type { AnyLab } from '../../backend/lab.js'
import type { LabFacts } from '../../backend/record-schema.js'
import type { Profile } from '../../distro-catalog/profile.js'
import { clouds, isCloudName } from '../providers/clouds.js'
import { isNamed } from '../providers/network-name.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { Place, Provider } from '../providers/provider.js'

/** What is known about a new lab by then. */
interface Draft {
  readonly profile: Profile
  readonly hooks: Pick<Provider, 'networks'>
  readonly place: Pick<Place, 'region' | 'zone'>
}

export type LabNetwork = NonNullable<LabFacts['network']>

/**
 * The network of a new lab in the record's form; undefined if none was requested. A user's network is looked
 * up here, once: the lab then stays in the subnet that was found. Throws LabError network-unfit, or the
 * cloud's refusal.
 */
export async function findLabNetwork(
  { settings, interrupt }: Context,
  { profile, hooks, place: { region, zone } }: Draft,
): Promise<LabNetwork | undefined> {
  const given = settings.network ?? profile.network
  const provider = profile.provider.name
  if (given === undefined || hooks.networks === undefined || !isCloudName(provider)) return undefined
  if (!isNamed(given)) return { given }
  const unfit = (reason: string): LabError =>
    new LabError({ code: 'network-unfit', provider, network: given, reason })
  return { given, at: await hooks.networks.find({ given, region, zone, signal: interrupt.signal, unfit }) }
}

/** What a lab's network is called. */
export const networkNameOf = ({ network, provider }: Pick<AnyLab, 'network' | 'provider'>): string =>
  plain(provider, network?.given ?? 'default')

/** Whether the request names the lab's network. */
export const isItsNetwork = (lab: Pick<AnyLab, 'network' | 'provider'>, asked: string): boolean =>
  [networkNameOf(lab), lab.network?.at?.id, lab.network?.at?.subnet].includes(plain(lab.provider, asked))

/** Where a cloud has no default network, the lab has its own. */
const plain = (provider: string, given: string): string =>
  given === 'default' && isCloudName(provider) && !clouds[provider].networks.hasDefault ? 'own' : given
