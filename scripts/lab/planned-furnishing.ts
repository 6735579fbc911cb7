import type { Fixture } from '../../backend/record-schema.js'
import type { Context } from '../context.js'
import { fixturesOfProfile } from './planned-fixtures.js'
import { meshOfNew, type NewLab } from './planned-mesh.js'
import { findSetup } from './planned-setup.js'
import type { PlannedSetup } from './setup-source.js'

/** What is done to the machines of a lab before its baseline. */
export interface PlannedFurnishing {
  /** What the baseline has of test files. */
  readonly fixtures: readonly Fixture[]
  /** Which machines may log in on which; undefined: they are not introduced to each other. */
  readonly mesh: string | undefined
  /** What is done to its machines once. */
  readonly setup: PlannedSetup | undefined
}

/** Throws LabError usage, machine-unknown or config-invalid. */
export async function furnishingOfNew(
  context: Pick<Context, 'settings' | 'config'>,
  draft: NewLab,
): Promise<PlannedFurnishing> {
  const { name } = draft.profile
  return {
    fixtures: fixturesOfProfile(context, name),
    mesh: meshOfNew(context, draft),
    setup: await findSetup(context, [name], draft.machines),
  }
}
