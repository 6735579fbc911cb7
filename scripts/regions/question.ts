import type { CloudOffer } from '../../distro-catalog/offer-schema.js'
import { hasOffers, isCloud } from '../../distro-catalog/cloud.js'
import { loadRegions } from '../../distro-catalog/load.js'
import { resolveProfile, type Profile } from '../../distro-catalog/profile.js'
import type { CloudProvider, Provider } from '../../distro-catalog/provider.js'
import type { RegionQuestion } from '../../distro-catalog/rank-regions.js'
import { resolveProvider } from '../../distro-catalog/resolve.js'
import { resolveSize } from '../../distro-catalog/size.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'

/**
 * The input of `regions`: a profile, or a provider alone. Throws LabError usage for a provider without
 * regions.
 */
export async function questionOf(
  context: Context,
  providerName: string | undefined,
): Promise<RegionQuestion> {
  const { settings, config } = context
  const catalog = await context.catalog()
  const profile =
    settings.profile === undefined || providerName !== undefined
      ? undefined
      : resolveProfile(catalog, settings.profile, config.values.profiles)
  if (profile === undefined && providerName === undefined) {
    const problem = 'Name a profile with --profile, or a provider with --provider.'
    throw new LabError({ code: 'usage', problem, command: 'regions' })
  }
  const provider = profile?.provider ?? resolveProvider(catalog, providerName ?? '')
  const cloud = requireCloud(provider)
  const { instanceType } = resolveSize(cloud, {
    size: settings.size ?? profile?.size,
    instanceType: settings.instanceType ?? profile?.instanceType,
    architecture: settings.architecture ?? profile?.architecture,
  })
  return regionQuestion(context, cloud, instanceType, profile && offerOf(profile, cloud))
}

/** For a machine type that is already decided. */
export async function regionQuestion(
  { settings }: Context,
  provider: CloudProvider,
  instanceType: string,
  offer: CloudOffer | undefined,
): Promise<RegionQuestion> {
  const regions = await loadRegions(provider.name)
  return { provider, regions, instanceType, offer, allowed: settings.regions }
}

const offerOf = ({ distro }: Profile, cloud: CloudProvider): CloudOffer | undefined =>
  distro.providers[cloud.name]

function requireCloud(provider: Provider): CloudProvider {
  if (isCloud(provider)) return provider
  const why = hasOffers(provider) ? 'its machines run on this computer' : 'its machines exist already'
  const problem = `${provider.name} has no regions: ${why}.`
  throw new LabError({ code: 'usage', problem, command: 'regions' })
}
