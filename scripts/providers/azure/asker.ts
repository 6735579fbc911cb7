import { resolveOffer } from '../../../distro-catalog/resolve.js'
import { selectorOf } from '../../../stacks/azure/plan.js'
import { brought, nothing, nowhereCommon, regionOf } from '../../refresh/answers.js'
import type { OpenAsker } from '../../refresh/question.js'
import { checkAzureAccount } from './account.js'
import { findNewestImage } from './image.js'

/** Regions that every account has. */
const COMMON_REGIONS = ['westeurope', 'eastus']

export const openAzureAsker: OpenAsker = async (signal) => {
  await checkAzureAccount(signal)
  return async ({ distro, architecture }) => {
    const offer = resolveOffer(distro, 'azure')
    const image = offer.architectures[architecture]
    if (image === undefined || image.source.imported !== undefined) return brought
    const region = regionOf(offer, COMMON_REGIONS)
    if (region === undefined) return nowhereCommon
    const { from: _from, ...selector } = selectorOf(image)
    const newest = await findNewestImage(region, selectorOf(image))
    if (newest === undefined) return nothing(`no ${Object.values(selector).join(':')} in ${region}`)
    return { outcome: 'found', newest: newest.id, date: newest.createdAt ?? null }
  }
}
