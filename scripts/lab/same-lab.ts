import type { AnyLab } from '../../backend/lab.js'
import type { Profile } from '../../distro-catalog/profile.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { hasZones, zoneIn } from '../regions/zone.js'
import { isItsNetwork, networkNameOf } from './network.js'
import { hooksOf } from '../providers/provider.js'

/**
 * A lab keeps what it was made with; a request for something else is an error and is not silently ignored.
 */
export async function assertSameLab(context: Context, known: AnyLab): Promise<void> {
  await assertSameProfile(context, known)
  assertSamePlace(context, known)
  assertSameTags(context, known)
  assertSameExpiry(context, known)
  await assertSameSize(context, known)
}

async function assertSameProfile(context: Context, known: AnyLab): Promise<void> {
  const { profile } = context.settings
  if (profile === undefined || profile === known.profile) return
  const { resolveProfile } = await import('../../distro-catalog/profile.js')
  const asked = resolveProfile(await context.catalog(), profile, context.config.values.profiles)
  if (asked.distro.name === known.distro && asked.provider.name === known.provider) return
  throw new LabError({
    code: 'lab-of-other-profile',
    lab: known.lab,
    profile: known.profile,
    asked: profile,
  })
}

const fixed = ({ lab }: AnyLab, setting: string, has: string, asked: string): LabError =>
  new LabError({ code: 'setting-fixed', lab, setting, has, asked })

function assertSamePlace({ settings }: Context, known: AnyLab): void {
  const { size, provider, region, zone = '', spot = false } = known
  if (settings.diskGiB !== undefined && settings.diskGiB !== size.diskGiB)
    throw fixed(known, '--disk', String(size.diskGiB), String(settings.diskGiB))
  if (settings.region !== undefined && !['auto', region].includes(settings.region))
    throw fixed(known, '--region', region, settings.region)
  if (settings.zone !== undefined && (zone === '' || zone !== wholeZone(provider, region, settings.zone)))
    throw fixed(known, '--zone', zone === '' ? "the provider's choice" : zone, settings.zone)
  if (settings.spot !== undefined && settings.spot !== spot)
    throw fixed(known, '--spot', String(spot), String(settings.spot))
  if (settings.network !== undefined && !isItsNetwork(known, settings.network))
    throw fixed(known, '--network', networkNameOf(known), settings.network)
}

/** Tags of the command line: those that a configuration adds are for new labs. */
function assertSameTags({ settings }: Context, known: AnyLab): void {
  for (const [key, value] of Object.entries(settings.askedTags)) {
    const has = Object.hasOwn(known.tags, key) ? `${key}=${known.tags[key]}` : `no tag ${key}`
    if (has !== `${key}=${value}`) throw fixed(known, '--tag', has, `${key}=${value}`)
  }
}

const wholeZone = (provider: string, region: string, given: string): string =>
  hasZones(provider) ? zoneIn(provider, region, given) : given

/** In milliseconds: a lab's expiry is counted from shortly before or after its record is written. */
const TTL_TOLERANCE = 60_000

/** A given TTL must be the one the lab was made with; only `extend` changes it. */
function assertSameExpiry({ settings }: Context, known: AnyLab): void {
  if (settings.askedTtl === undefined) return
  const { lab, createdAt, expiresAt } = known
  const has = expiresAt === null ? null : Date.parse(expiresAt) - Date.parse(createdAt)
  const isSame =
    has === null || settings.ttl === null
      ? has === settings.ttl
      : Math.abs(has - settings.ttl) <= TTL_TOLERANCE
  if (!isSame) throw new LabError({ code: 'expiry-fixed', lab, expiresAt, asked: settings.askedTtl })
}

/** The architecture is the lab's own, unless another one is requested: a size has a type for each. */
async function assertSameSize(context: Context, known: AnyLab): Promise<void> {
  const { size, instanceType, architecture: asked, name } = context.settings
  if (size === undefined && instanceType === undefined && asked === undefined) return
  const { profileOf } = await import('./plan-lab.js')
  const profile = await profileOf(context, known)
  const has = architectureIn(profile, known)
  if (asked !== undefined && has !== undefined && asked !== has) throw fixed(known, '--arch', has, asked)
  const hooks = await hooksOf(known.provider)
  const architecture = asked ?? (instanceType === undefined ? has : undefined)
  const found = hooks.resolveSize(profile, { size, instanceType, architecture }).instanceType
  if ((size !== undefined || instanceType !== undefined) && found !== known.size.instanceType) {
    throw new LabError({
      code: 'size-fixed',
      lab: name ?? known.lab,
      has: known.size.instanceType,
      asked: found,
    })
  }
}

/** Undefined on this computer, which has only one, and for a type that is no longer in the catalog. */
function architectureIn({ provider }: Profile, { size: { instanceType } }: AnyLab) {
  if (provider.name === 'local' || !Object.hasOwn(provider.instanceTypes, instanceType)) return undefined
  return provider.instanceTypes[instanceType]?.architecture
}
