import type { AnyLab } from '../../backend/lab.js'
import type { LabFacts } from '../../backend/record-schema.js'
import type { NetworkChoice } from '../../stacks/cloud-spec.js'
import { isNamed } from '../providers/network-name.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { LabDraft } from './plan-lab.js'

export type LabNetwork = NonNullable<LabFacts['network']>

/**
 * The network of a new lab in the record's form; undefined if none was requested. A user's network is looked
 * up here, once: the lab then stays in the subnet that was found. Throws LabError network-unfit, or the
 * cloud's refusal.
 */
export async function findLabNetwork(
  { settings, interrupt }: Context,
  { profile, hooks, place: { region, zone } }: LabDraft,
): Promise<LabNetwork | undefined> {
  const given = settings.network ?? profile.network
  const provider = profile.provider.name
  if (given === undefined || provider === 'local') return undefined
  if (!isNamed(given) || hooks.findNetwork === undefined) return { given }
  const unfit = (reason: string): LabError =>
    new LabError({ code: 'network-unfit', provider, network: given, reason })
  return { given, at: await hooks.findNetwork({ given, region, zone, signal: interrupt.signal, unfit }) }
}

/** The network that a recorded lab's stack uses. */
export const networkChoiceOf = ({ network }: Pick<LabFacts, 'network'>): NetworkChoice =>
  network?.at ?? (network?.given === 'own' ? 'own' : 'default')

/** What a lab's network is called. */
export const networkNameOf = ({ network, provider }: Pick<AnyLab, 'network' | 'provider'>): string =>
  plain(provider, network?.given ?? 'default')

/** Whether the request names the lab's network. */
export const isItsNetwork = (lab: Pick<AnyLab, 'network' | 'provider'>, asked: string): boolean =>
  [networkNameOf(lab), lab.network?.at?.id, lab.network?.at?.subnet].includes(plain(lab.provider, asked))

/** Azure has no default network. */
const plain = (provider: string, given: string): string =>
  provider === 'azure' && given === 'default' ? 'own' : given
