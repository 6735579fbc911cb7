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
  if (size === undefined && instanceType === undefined) return
  const { profileOf } = await import('./plan-lab.js')
  const hooks = await hooksOf(known.provider)
  const asked = hooks.resolveSize(await profileOf(context, known), { size, instanceType }).instanceType
  if (asked !== known.size.instanceType) {
    throw new LabError({ code: 'size-fixed', lab: name ?? known.lab, has: known.size.instanceType, asked })
  }
}
