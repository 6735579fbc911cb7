import type { AnyLab } from '../../backend/lab.js'
import { MAIN_MACHINE, mainOf } from '../../backend/machines.js'
import { isCloud } from '../../distro-catalog/cloud.js'
import { resolveDistro } from '../../distro-catalog/resolve.js'
import type { Profile } from '../../distro-catalog/profile.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { isCloudName } from '../providers/clouds.js'
import { providerOf } from '../providers/registry.js'
import { zoneIn } from '../regions/zone.js'
import { findSetupOf } from './planned-setup.js'
import { differenceOf, type Asked } from './difference.js'

/** Throws LabError where something else is asked for than the lab was made with, or CatalogError. */
export async function assertSameLab(context: Context, known: AnyLab): Promise<void> {
  const difference = differenceOf(known, await resolveAsked(context, known))
  if (difference !== undefined) throw new LabError(difference)
}

/** Changes nothing. Throws LabError usage or CatalogError for what could be asked of no lab. */
export async function resolveAsked(context: Context, known: AnyLab): Promise<Asked> {
  const { settings } = context
  return {
    settings,
    setup: await findSetupOf(context, known),
    profile: await askedProfile(context, known),
    machines: await askedMachines(context, known),
    zone:
      settings.zone === undefined
        ? undefined
        : { typed: settings.zone, whole: wholeZone(known, settings.zone) },
    ...(await askedSize(context, known)),
  }
}

async function askedProfile(context: Context, known: AnyLab): Promise<Asked['profile']> {
  const { profile: name } = context.settings
  if (name === undefined || name === known.profile) return undefined
  const { resolveProfile } = await import('../../distro-catalog/profile.js')
  const asked = resolveProfile(await context.catalog(), name, context.config.values.profiles)
  const { distro, provider, machines } = asked
  return { name, distro: distro.name, provider: provider.name, hasOwnMachines: machines !== undefined }
}

/** Those of a configuration may have other distros by now: a lab's machines may be swapped. */
async function askedMachines(context: Context, known: AnyLab): Promise<Asked['machines']> {
  const { settings, config } = context
  if (settings.machines !== undefined) {
    const catalog = await context.catalog()
    return settings.machines.map(({ name, distro }) => ({
      name,
      distro: distro === undefined ? undefined : resolveDistro(catalog, distro).name,
    }))
  }
  const { profiles = {} } = config.values
  const { profile: given } = settings
  const profile = given !== undefined && Object.hasOwn(profiles, given) ? profiles[given] : undefined
  if (given !== known.profile) return undefined
  return profile?.machines?.map(({ name = MAIN_MACHINE }) => ({ name, distro: undefined }))
}

const wholeZone = ({ provider, region, zone }: AnyLab, given: string): string =>
  zone !== undefined && isCloudName(provider) ? zoneIn(provider, region, given) : given

async function askedSize(
  context: Context,
  known: AnyLab,
): Promise<Pick<Asked, 'architecture' | 'instanceType'>> {
  const { size, instanceType, architecture: asked } = context.settings
  if (size === undefined && instanceType === undefined && asked === undefined)
    return { architecture: undefined, instanceType: undefined }
  const { profileOf } = await import('./plan-lab.js')
  const profile = await profileOf(context, known)
  const has = architectureIn(profile, known)
  const architecture = asked === undefined ? undefined : { asked, has }
  // Of another architecture, a size is another one anyway.
  if (asked !== undefined && has !== undefined && asked !== has)
    return { architecture, instanceType: undefined }
  const hooks = await providerOf(known.provider)
  const found = hooks.resolveSize(profile, {
    size,
    instanceType,
    architecture: asked ?? (instanceType === undefined ? has : undefined),
  })
  const isNamed = size !== undefined || instanceType !== undefined
  return { architecture, instanceType: isNamed ? found.instanceType : undefined }
}

function architectureIn({ provider }: Profile, { machines }: AnyLab) {
  const instanceType = mainOf(machines)?.size.instanceType ?? ''
  if (!isCloud(provider) || !Object.hasOwn(provider.instanceTypes, instanceType)) return undefined
  return provider.instanceTypes[instanceType]?.architecture
}
