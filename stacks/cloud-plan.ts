import type { StateBackend } from '../backend/state-backend.js'
import type { Distro } from '../distro-catalog/distro.js'
import { CatalogError } from '../distro-catalog/errors.js'
import type { Architecture, CloudOffer } from '../distro-catalog/offer-schema.js'
import type { CloudProvider } from '../distro-catalog/provider.js'
import { findInstanceType, type MachineSize } from '../distro-catalog/size.js'
import type { CloudMachine, CloudSpec, Lifetime, NetworkChoice } from './cloud-spec.js'
import { buildUserData } from './cloud-user-data.js'
import { hostnameOf, labId, labTags } from './naming.js'

/** Everything that is decided about a cloud lab before its stack is built. */
export interface CloudLabPlan {
  readonly lab: string
  readonly profile: string
  readonly backendId: string
  readonly incarnation: string | undefined
  readonly state: StateBackend
  readonly provider: CloudProvider
  readonly region: string
  readonly zone: string | null
  /** The lab's own key, then the team's. */
  readonly publicKey: string
  readonly authorizedKeys: readonly string[]
  readonly allowFrom: readonly string[]
  readonly lifetime: Lifetime | null
  readonly spot: boolean
  readonly network: NetworkChoice
  /** The user's own tags; labels on Google. */
  readonly tags: Readonly<Record<string, string>>
  readonly providerVersion: string | null
  readonly machines: readonly CloudMachinePlan[]
  /** The names of the machines that are recreated, whatever exists. */
  readonly anew: readonly string[]
}

export interface CloudMachinePlan {
  /** Within the lab. */
  readonly name: string
  readonly distro: Distro
  readonly size: MachineSize
  /** The image that it was made from; null lets the provider choose the newest. */
  readonly imageId: string | null
}

/** What the specs of all clouds share; pure. */
export function planCommon(plan: CloudLabPlan): Omit<CloudSpec, 'machines'> {
  const { lab, profile, state, backendId, incarnation, region, zone, publicKey, lifetime } = plan
  return {
    lab,
    profile,
    state,
    id: labId(backendId, lab),
    region,
    zone,
    publicKey,
    publicKeys: publicKeysOf(plan),
    lifetime,
    allowFrom: plan.allowFrom,
    spot: plan.spot,
    network: plan.network,
    providerVersion: plan.providerVersion,
    tags: {
      ...plan.tags,
      ...labTags({ backendId, lab, incarnation }),
      'distrolab-expires': lifetime?.expiresAt ?? 'never',
    },
  }
}

/** The same of a machine. `powerOff`: whether the guest must shut an expired machine down itself. */
export function planMachine(
  plan: CloudLabPlan,
  { name, size }: CloudMachinePlan,
  offer: CloudOffer,
  powerOff: 'by-guest' | 'by-platform',
): CloudMachine {
  const hostname = hostnameOf(plan.lab, name)
  const publicKeys = publicKeysOf(plan)
  const powerOffAt = powerOff === 'by-guest' ? (plan.lifetime?.epoch ?? null) : null
  return {
    name,
    hostname,
    user: offer.user,
    instanceType: size.instanceType,
    diskGiB: size.diskGiB,
    userData: offer.cloudInit ? buildUserData({ hostname, publicKeys, powerOffAt }) : null,
    isNew: plan.anew.includes(name),
  }
}

const publicKeysOf = ({ publicKey, authorizedKeys }: CloudLabPlan): string[] => [publicKey, ...authorizedKeys]

/**
 * The image for the architecture of the machine's instance type.
 *
 * @throws CatalogError `pair-unavailable` if the distro has none on this provider.
 */
export function imageFor<Image>(
  provider: CloudProvider,
  { distro, size }: CloudMachinePlan,
  images: Readonly<Partial<Record<Architecture, Image>>>,
): { readonly architecture: Architecture; readonly image: Image } {
  const { architecture } = findInstanceType(provider, size.instanceType)
  const image = images[architecture]
  if (image !== undefined) return { architecture, image }
  const reason = `there is no ${architecture} image`
  throw new CatalogError({
    code: 'pair-unavailable',
    distro: distro.name,
    provider: provider.name,
    reason,
  })
}

/** Whether both the image and the instance type can start with secure boot. */
export const startsSecurely = (
  provider: CloudProvider,
  { size }: CloudMachinePlan,
  image: { readonly secureBoot: boolean },
): boolean => image.secureBoot && findInstanceType(provider, size.instanceType).secureBoot !== false
