import type { LabError } from '../errors.js'

const PASSING: ReadonlySet<string> = new Set(['cloud-throttled', 'cloud-unreachable', 'cloud-not-ready'])

/**
 * What a cloud says while something else is still on its way out, changes, or has it too; from the lists of errors of EC2
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html), of Azure's resource manager
 * (https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors) and of Compute Engine
 * (https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-resource-errors).
 */
const PASSES =
  /DependencyViolation|IncorrectState|IncorrectInstanceState|\.InUse\b|VolumeInUse|InternalError|ServiceUnavailable|\bUnavailable:|HTTP 5\d\d|Error 5\d\d|AnotherOperationInProgress|OperationPreempted|RetryableError|InUseSubnetCannotBeDeleted|NicInUse|InUse\w*CannotBeDeleted|BeingDeleted|DeletionInProgress|resourceInUseByAnotherResource|RESOURCE_IN_USE|resourceNotReady|RESOURCE_NOT_READY|backendError|operationInProgress/

/** Whether what a cloud refused may be granted if it is asked for again in a while. */
export const isPassing = ({ fault }: LabError): boolean =>
  PASSING.has(fault.code) ||
  ('reason' in fault && typeof fault.reason === 'string' && PASSES.test(fault.reason))
