import type { StateBackend } from '../backend/state-backend.js'
import type { Distro } from '../distro-catalog/distro.js'
import { CatalogError } from '../distro-catalog/errors.js'
import type { Architecture, CloudOffer } from '../distro-catalog/offer-schema.js'
import type { CloudProvider } from '../distro-catalog/provider.js'
import { findInstanceType, type MachineSize } from '../distro-catalog/size.js'
import type { CloudMachine, CloudSpec, Lifetime, NetworkChoice } from './cloud-spec.js'
import { buildUserData } from './cloud-user-data.js'
import { labId, labTags } from './naming.js'

/** Everything that is decided about a cloud lab before its stack is built. */
export interface CloudLabPlan {
  readonly lab: string
  readonly profile: string
  readonly backendId: string
  readonly incarnation: string | undefined
  readonly state: StateBackend
  readonly distro: Distro
  readonly provider: CloudProvider
  readonly region: string
  readonly zone: string | null
  readonly size: MachineSize
  /** The image that the machines were made from; null lets the provider choose the newest. */
  readonly imageId: string | null
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
  /** Names within the lab. */
  readonly machines: readonly string[]
  /** The machines that are recreated, whatever exists. */
  readonly anew: readonly string[]
}

/**
 * What the specs of all clouds share; pure. `powerOff`: whether the guest must shut an expired machine down
 * itself.
 */
export function planCommon(
  plan: CloudLabPlan,
  offer: CloudOffer,
  powerOff: 'by-guest' | 'by-platform',
): Omit<CloudSpec, 'machines'> & { readonly machines: readonly CloudMachine[] } {
  const { lab, profile, state, backendId, incarnation, region, zone, size, publicKey, lifetime } = plan
  const publicKeys = [publicKey, ...plan.authorizedKeys]
  const machines = plan.machines.map((name): CloudMachine => {
    const hostname = name === 'main' ? lab : name
    const powerOffAt = powerOff === 'by-guest' ? (lifetime?.epoch ?? null) : null
    const userData = offer.cloudInit ? buildUserData({ hostname, publicKeys, powerOffAt }) : null
    return { name, hostname, user: offer.user, userData, isNew: plan.anew.includes(name) }
  })
  return {
    lab,
    profile,
    state,
    id: labId(backendId, lab),
    region,
    zone,
    instanceType: size.instanceType,
    diskGiB: size.diskGiB,
    publicKey,
    publicKeys,
    lifetime,
    allowFrom: plan.allowFrom,
    spot: plan.spot,
    network: plan.network,
    providerVersion: plan.providerVersion,
    machines,
    tags: {
      ...plan.tags,
      ...labTags({ backendId, lab, incarnation }),
      'distrolab-expires': lifetime?.expiresAt ?? 'never',
    },
  }
}

/**
 * The image for the architecture of the plan's instance type.
 *
 * @throws CatalogError `pair-unavailable` if the distro has none on this provider.
 */
export function imageFor<Image>(
  { distro, provider, size }: CloudLabPlan,
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
  { provider, size }: CloudLabPlan,
  image: { readonly secureBoot: boolean },
): boolean => image.secureBoot && findInstanceType(provider, size.instanceType).secureBoot !== false
