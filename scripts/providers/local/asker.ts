import { resolveOffer } from '../../../distro-catalog/resolve.js'
import { notAsked } from '../../refresh/answers.js'
import type { OpenAsker } from '../../refresh/question.js'
import { callDriver } from './driver.js'

export const openLocalAsker: OpenAsker =
  async (signal) =>
  async ({ distro, architecture }) => {
    const image = resolveOffer(distro, 'local').architectures[architecture]
    if (image?.vendor === undefined) return notAsked('it is built on the computer that uses it')
    const { published } = await callDriver('published', { vendor: image.vendor }, { signal })
    return { outcome: 'found', newest: published.id, date: published.modifiedAt ?? null }
  }
