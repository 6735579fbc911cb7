import { resolveOffer } from '../../../distro-catalog/resolve.js'
import { brought, nothing, nowhereCommon, regionOf } from '../../refresh/answers.js'
import type { OpenAsker } from '../../refresh/question.js'
import { checkAwsAccount } from './account.js'
import { findNewestImage } from './image.js'

/** Regions that every account has. */
const COMMON_REGIONS = ['us-east-1', 'eu-west-1']

export const openAwsAsker: OpenAsker = async (signal) => {
  await checkAwsAccount(signal)
  return async ({ distro, architecture }) => {
    const offer = resolveOffer(distro, 'aws')
    const image = offer.architectures[architecture]
    if (image === undefined || image.owner === 'self') return brought
    const region = regionOf(offer, COMMON_REGIONS)
    if (region === undefined) return nowhereCommon
    const newest = await findNewestImage(region, { ...image, architecture })
    if (newest === undefined) return nothing(`no ${image.name} of ${image.owner} in ${region}`)
    return { outcome: 'found', newest: newest.name, date: newest.createdAt ?? null }
  }
}
