import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { hooksOf } from './provider-hooks.js'

/** A lab keeps what it was made with; asking for something else is an error, not a silent no. */
export async function assertSameLab(context: Context, known: AnyLab): Promise<void> {
  const { profile, size, instanceType, name } = context.settings
  if (profile !== undefined && profile !== known.profile) {
    const { resolveProfile } = await import('../../distro-catalog/profile.js')
    const asked = resolveProfile(await context.catalog(), profile, context.config.values.profiles)
    if (asked.distro.name !== known.distro || asked.provider.name !== known.provider) {
      throw new LabError({
        code: 'lab-of-other-profile',
        lab: known.lab,
        profile: known.profile,
        asked: profile,
      })
    }
  }
  assertSamePlace(context, known)
  if (size === undefined && instanceType === undefined) return
  const { profileOf } = await import('./plan-lab.js')
  const hooks = await hooksOf(known.provider)
  const asked = hooks.resolveSize(await profileOf(context, known), { size, instanceType }).instanceType
  if (asked !== known.size.instanceType) {
    throw new LabError({ code: 'size-fixed', lab: name ?? known.lab, has: known.size.instanceType, asked })
  }
}

/** What is asked for by name; the region is told where the lab is planned. */
function assertSamePlace({ settings }: Context, { lab, size, zone = '', spot = false }: AnyLab): void {
  const fixed = (setting: string, has: string, asked: string): LabError =>
    new LabError({ code: 'setting-fixed', lab, setting, has, asked })
  if (settings.diskGiB !== undefined && settings.diskGiB !== size.diskGiB)
    throw fixed('--disk', String(size.diskGiB), String(settings.diskGiB))
  // `b` is a zone's whole name to nobody but us.
  if (settings.zone !== undefined && (zone === '' || !zone.endsWith(settings.zone)))
    throw fixed('--zone', zone === '' ? "the provider's choice" : zone, settings.zone)
  if (settings.spot !== undefined && settings.spot !== spot)
    throw fixed('--spot', String(spot), String(settings.spot))
}
