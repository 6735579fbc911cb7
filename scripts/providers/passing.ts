import type { LabError } from '../errors.js'

const PASSING: ReadonlySet<string> = new Set(['cloud-throttled', 'cloud-unreachable', 'cloud-not-ready'])

/**
 * For a thing in use, a reason that a removal itself ends in time, unlike a lock. Also refusals that no table
 * has, because they have no code of their own or occur only while a group is being removed.
 */
const PASSES =
  /DependencyViolation|IncorrectState|IncorrectInstanceState|\.InUse\b|VolumeInUse|NicInUse|InUse\w*CannotBeDeleted|resourceInUseByAnotherResource|RESOURCE_IN_USE|HTTP 5\d\d|Error 5\d\d|DeletionInProgress/

/** Whether a refused request may succeed if it is repeated in a while. */
export const isPassing = ({ fault }: LabError): boolean =>
  PASSING.has(fault.code) ||
  ('reason' in fault && typeof fault.reason === 'string' && PASSES.test(fault.reason))
