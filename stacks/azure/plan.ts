import type { AzureImage } from '../../distro-catalog/offer-schema.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import { imageFor, planCommon, startsSecurely, type CloudLabPlan } from '../cloud-plan.js'
import type { AzureImageSelector, AzureLabSpec, AzurePlan } from './spec.js'

/** Pure. @throws CatalogError `pair-unavailable`. */
export function planAzureLab(plan: CloudLabPlan): AzureLabSpec {
  const offer = resolveOffer(plan.distro, 'azure')
  const { image } = imageFor(plan, offer.architectures)
  const common = planCommon(plan, offer, 'by-guest')
  const machines = common.machines.map(({ userData, ...machine }) => ({
    ...machine,
    userData: userData === null ? null : Buffer.from(userData).toString('base64'),
  }))
  return {
    provider: 'azure',
    ...common,
    machines,
    image:
      plan.imageId === null
        ? { kind: 'newest', selector: selectorOf(image) }
        : { kind: 'pinned', id: plan.imageId },
    // An imported image has no Marketplace plan, and Azure starts managed images only without trusted launch.
    plan: isManaged(plan.imageId) ? null : planOf(image),
    secureBoot: !isManaged(plan.imageId) && startsSecurely(plan, image),
  }
}

/** An image of the subscription, by its id. */
const isManaged = (imageId: string | null): boolean => imageId?.startsWith('/subscriptions/') === true

/** The catalog holds exactly one of the three. Pure. */
export function selectorOf({ source: { marketplace, gallery, imported } }: AzureImage): AzureImageSelector {
  if (marketplace !== undefined) {
    const { publisher, offer, sku } = marketplace
    return { from: 'marketplace', publisher, offer, sku }
  }
  if (gallery !== undefined) return { from: 'gallery', ...gallery }
  if (imported !== undefined) return { from: 'imported', ...imported }
  throw new TypeError('an image on azure comes from somewhere')
}

/** The plan under which an image is bought; null if it needs none. Pure. */
export function planOf({ source: { marketplace } }: AzureImage): AzurePlan | null {
  if (marketplace === undefined || !marketplace.plan) return null
  return { name: marketplace.sku, product: marketplace.offer, publisher: marketplace.publisher }
}
