import { discardLayer, listLayers } from '../../../local-vm/warm/layer.js'
import type { WarmImage, WarmImages } from '../warm-images.js'

export const listWarmImages: WarmImages['list'] = async ({ space }) => {
  const layers = await listLayers(space.cache)
  return layers
    .map(({ distro, key, vcpus, memoryMiB, diskGiB, hasNetwork, bytes, usedAt }): WarmImage => ({
      distro,
      key,
      vcpus,
      memoryMiB,
      diskGiB,
      hasNetwork,
      bytes,
      usedAt: new Date(usedAt).toISOString(),
    }))
    .sort((a, b) => a.distro.localeCompare(b.distro) || a.vcpus - b.vcpus)
}

export const pruneWarmImages: WarmImages['prune'] = async (context, unusedMs) => {
  const all = await listWarmImages(context)
  const old = all.filter(({ usedAt }) => unusedMs === null || Date.now() - Date.parse(usedAt) >= unusedMs)
  for (const { key } of old) await discardLayer(context.space.cache, key)
  return old
}
