import { resolveOffer } from '../../distro-catalog/resolve.js'
import { imageFor, planCommon, planMachine, type CloudLabPlan, type CloudMachinePlan } from '../cloud-plan.js'
import type { AwsLabSpec, AwsMachine } from './spec.js'

/** Pure. @throws CatalogError `pair-unavailable`. */
export function planAwsLab(plan: CloudLabPlan): AwsLabSpec {
  const machines = plan.machines.map((machine) => planAwsMachine(plan, machine))
  return { provider: 'aws', ...planCommon(plan), machines }
}

function planAwsMachine(plan: CloudLabPlan, machine: CloudMachinePlan): AwsMachine {
  const offer = resolveOffer(machine.distro, 'aws')
  const { architecture, image } = imageFor(plan.provider, machine, offer.architectures)
  return {
    ...planMachine(plan, machine, offer, 'by-guest'),
    image:
      machine.imageId === null
        ? { kind: 'newest', selector: { ...image, architecture } }
        : { kind: 'pinned', id: machine.imageId },
  }
}
