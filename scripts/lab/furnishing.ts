import { fixtureSteps } from './fixtures.js'
import { meshSteps } from './mesh.js'
import type { LabPlan } from './plan-lab.js'
import { setupSteps } from './setup.js'
import type { Furnishing } from './step-lists.js'

/** The steps that only some labs have, as this one has them. */
export const furnishing = (plan: Pick<LabPlan, 'fixtures' | 'mesh' | 'setup'>): Furnishing => [
  ...meshSteps(plan),
  ...setupSteps(plan),
  ...fixtureSteps(plan),
]
