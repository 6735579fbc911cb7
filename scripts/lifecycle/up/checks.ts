import type { AnyLab } from '../../../backend/lab.js'
import type { LabName } from '../../../backend/lab-name.js'
import type { Context } from '../../context.js'
import { assertInReach } from '../../lab/in-reach.js'
import type { LabDraft } from '../../lab/plan-lab.js'
import { assertKeyOnLab } from '../../lab/reach.js'

/**
 * Throws what prevents an `up` of a lab, in the order in which `up` finds it, without needing programs or
 * credentials; changes nothing. `living`: the lab's record, unless it is destroyed.
 */
export async function checkDraft(
  context: Context,
  lab: LabName,
  living: AnyLab | undefined,
): Promise<LabDraft> {
  if (living !== undefined) await assertInReach(context, living)
  const { draftLab } = await import('../../lab/plan-lab.js')
  // Without measuring regions: missing credentials are to be said at once.
  const draft = await draftLab(context, lab, living, 'known')
  const { settings, env } = context
  if (living === undefined) {
    const { checkTeamKeys } = await import('../../lab/team-keys.js')
    await checkTeamKeys(context)
    const { furnishingOfNew } = await import('../../lab/planned-furnishing.js')
    const { fixtures, setup } = await furnishingOfNew(context, draft)
    const { assertSetsExist } = await import('../../lab/planned-fixtures.js')
    await assertSetsExist(context, fixtures)
    const { assertInstallable } = await import('../../lab/planned-setup.js')
    for (const { name, profile } of draft.machines)
      assertInstallable(setup?.machines?.get(name), profile.distro)
  }
  if (settings.sshKey !== undefined) {
    const { identityFromFile } = await import('../../machine/key.js')
    const identity = await identityFromFile(settings.sshKey, env.sshAgentSocket)
    assertKeyOnLab(identity, living)
    const { assertKeysTaken } = await import('../../lab/taken-keys.js')
    if (living === undefined) assertKeysTaken(draft.profile.provider, identity)
  }
  return draft
}
