import type { Session } from './gate.js'
import type { LabPlan } from './plan-lab.js'
import type { StepControl } from '../providers/provider.js'
import type { Steps } from './steps.js'

/** What the steps of a command work with. */
export interface Work {
  readonly session: Session
  readonly plan: LabPlan
  readonly steps: Steps
}

export const stepControl = (work: Pick<Work, 'session'>, detail: StepControl['detail']): StepControl => ({
  signal: work.session.signal,
  detail,
})
