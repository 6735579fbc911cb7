import type { AzureImage } from '../../distro-catalog/offer-schema.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import {
  imageFor,
  planCommon,
  planMachine,
  startsSecurely,
  type CloudLabPlan,
  type CloudMachinePlan,
} from '../cloud-plan.js'
import type { AzureImageSelector, AzureLabSpec, AzureMachine, AzurePlan } from './spec.js'

/** Pure. @throws CatalogError `pair-unavailable`. */
export function planAzureLab(plan: CloudLabPlan): AzureLabSpec {
  const machines = plan.machines.map((machine) => planAzureMachine(plan, machine))
  return { provider: 'azure', ...planCommon(plan), machines }
}

function planAzureMachine(plan: CloudLabPlan, machine: CloudMachinePlan): AzureMachine {
  const offer = resolveOffer(machine.distro, 'azure')
  const { image } = imageFor(plan.provider, machine, offer.architectures)
  const { userData, ...common } = planMachine(plan, machine, offer, 'by-guest')
  const { imageId } = machine
  return {
    ...common,
    userData: userData === null ? null : Buffer.from(userData).toString('base64'),
    image:
      imageId === null ? { kind: 'newest', selector: selectorOf(image) } : { kind: 'pinned', id: imageId },
    // An imported image has no Marketplace plan, and Azure starts managed images only without trusted launch.
    plan: isManaged(imageId) ? null : planOf(image),
    secureBoot: !isManaged(imageId) && startsSecurely(plan.provider, machine, image),
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
