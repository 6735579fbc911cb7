import { resolveOffer } from '../../../distro-catalog/resolve.js'
import { brought, nothing } from '../../refresh/answers.js'
import type { OpenAsker } from '../../refresh/question.js'
import { checkGoogleAccount } from './account.js'
import { openCompute } from './client.js'
import { findNewestImage } from './image.js'

export const openGoogleAsker: OpenAsker = async (signal) => {
  await checkGoogleAccount(signal)
  const compute = openCompute(signal)
  return async ({ distro, architecture }) => {
    const image = resolveOffer(distro, 'google').architectures[architecture]
    if (image?.project === undefined) return brought
    const newest = await findNewestImage(image, compute)
    if (newest === undefined) return nothing(`no image of the family ${image.family} of ${image.project}`)
    return { outcome: 'found', newest: newest.name, date: newest.createdAt ?? null }
  }
}
