import { hostname } from 'node:os'
import type { AnyLab } from '../../backend/lab.js'
import type { LabName } from '../../backend/lab-name.js'
import { readRecord } from '../../backend/record.js'
import type { Context } from '../context.js'
import { resolveEngine } from '../engine/resolve.js'
import { LabError } from '../errors.js'
import { throughGate } from './gate.js'
import type { LabPlan } from './plan-lab.js'
import { hooksOf } from './provider-hooks.js'
import { assertKeyOnLab } from './reach.js'
import { reconnect } from './reconnect.js'
import { labNameOf } from './target.js'
import { viewLab, type LabView } from './view.js'

export type UpResult = LabView & { readonly reused: boolean }

/** Creates a lab or reconnects to it, and waits until it can be used. */
export async function up(context: Context, positional: string | undefined): Promise<UpResult> {
  const lab = labNameOf(context, positional)
  const known = (await readRecord(await context.store(), lab))?.lab
  if (known !== undefined && known.state !== 'destroyed') await assertSameLab(context, known)
  // Whatever can be known to fail is found out before anything is recorded or waited for.
  const early = known?.state === 'ready' ? undefined : await planUp(context, lab, known)
  return throughGate(context, lab, 'up', async (session) => {
    const current = session.writer.lab
    if (current?.state === 'ready') {
      if (await reconnect(session, current)) {
        return { ...viewLab(context, session.writer.lab ?? current, []), reused: true }
      }
      context.progress.say(`${lab} does not answer: bringing it back`)
    }
    const plan = early ?? (await planUp(context, lab, current))
    const engine = await resolveEngine(context.env)
    const { bringUp } = await import('./bring-up.js')
    const { lab: ready, timings } = await bringUp(session, plan, engine)
    return { ...viewLab(context, ready, timings), reused: false }
  })
}

/** What is to be made, once it is known that nothing of this computer's speaks against it. */
async function planUp(context: Context, lab: LabName, known: AnyLab | undefined): Promise<LabPlan> {
  const living = known?.state === 'destroyed' ? undefined : known
  if (living !== undefined && living.provider === 'local' && living.owner.host !== hostname()) {
    throw new LabError({ code: 'lab-on-other-computer', lab, host: living.owner.host })
  }
  const { planLab } = await import('./plan-lab.js')
  const plan = await planLab(context, lab, living)
  assertKeyOnLab(plan.identity, living)
  await plan.hooks.checkPrerequisites(context)
  await resolveEngine(context.env)
  return plan
}

/** A lab keeps what it was made with; asking for something else is an error, not a silent no. */
async function assertSameLab(context: Context, known: AnyLab): Promise<void> {
  const { profile, size, instanceType, name } = context.settings
  if (profile !== undefined && profile !== known.profile) {
    const asked = (await import('../../distro-catalog/profile.js')).resolveProfile(
      await context.catalog(),
      profile,
      context.config.values.profiles,
    )
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
