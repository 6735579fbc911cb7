import { resolveOffer } from '../../distro-catalog/resolve.js'
import { imageFor, planCommon, type CloudLabPlan } from '../cloud-plan.js'
import type { AwsLabSpec } from './spec.js'

/** Pure. @throws CatalogError `pair-unavailable`. */
export function planAwsLab(plan: CloudLabPlan): AwsLabSpec {
  const offer = resolveOffer(plan.distro, 'aws')
  const { architecture, image } = imageFor(plan, offer.architectures)
  return {
    provider: 'aws',
    ...planCommon(plan, offer, 'by-guest'),
    image:
      plan.imageId === null
        ? { kind: 'newest', selector: { ...image, architecture } }
        : { kind: 'pinned', id: plan.imageId },
  }
}
