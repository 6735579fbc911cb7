import type { LabError } from '../errors.js'

const PASSING: ReadonlySet<string> = new Set(['cloud-throttled', 'cloud-unreachable', 'cloud-not-ready'])

/**
 * Of what is in use, that which a removal itself ends in time, unlike a lock; and what no table of refusals has, as it has no
 * code of its own, or only while a group is on its way out.
 */
const PASSES =
  /DependencyViolation|IncorrectState|IncorrectInstanceState|\.InUse\b|VolumeInUse|NicInUse|InUse\w*CannotBeDeleted|resourceInUseByAnotherResource|RESOURCE_IN_USE|HTTP 5\d\d|Error 5\d\d|DeletionInProgress/

/** Whether what a cloud refused may be granted if it is asked for again in a while. */
export const isPassing = ({ fault }: LabError): boolean =>
  PASSING.has(fault.code) ||
  ('reason' in fault && typeof fault.reason === 'string' && PASSES.test(fault.reason))
