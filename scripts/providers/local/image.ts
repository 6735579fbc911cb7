import { CatalogError } from '../../../distro-catalog/errors.js'
import type { Profile } from '../../../distro-catalog/profile.js'
import { resolveOffer } from '../../../distro-catalog/resolve.js'
import { findCached } from '../../../local-vm/image/cache.js'
import type { ImageResult, ImageSource } from '../../../local-vm/protocol.js'
import { imageSourceOf } from '../../../stacks/local/plan.js'
import type { PreparedImage, StepControl } from '../provider.js'
import { callDriver } from './driver.js'
import { driverOptions } from './machine.js'

/** Gets an image into the folder `cache` of this computer. */
export async function prepareLocalImage(
  cache: string,
  profile: Profile,
  pinned: string | undefined,
  step: StepControl,
): Promise<PreparedImage> {
  const request = { cache, image: sourceOf(profile), ...(pinned === undefined ? {} : { pinned }) }
  const image = (await findCached(request)) ?? (await callDriver('image', request, driverOptions(step))).image
  const { id, kind, source } = image
  const remark = remarkOn(image)
  return { image: { id, kind, source }, ...(remark === undefined ? {} : { remark }) }
}

function remarkOn({ kind, source, fallbackReason, replaced }: ImageResult): string | undefined {
  if (fallbackReason !== undefined) return `${fallbackReason}: using a ${kind} image from ${source}`
  if (replaced !== true) return undefined
  return 'the cached image had changed since it was stored, so it was discarded and fetched again'
}

/** Throws CatalogError pair-unavailable. */
export function sourceOf(profile: Profile): ImageSource {
  const source = imageSourceOf(profile.distro, resolveOffer(profile.distro, 'local'), process.arch)
  if (source !== undefined) return source
  const reason = `there is no image for ${process.arch} computers`
  throw new CatalogError({ code: 'pair-unavailable', distro: profile.distro.name, provider: 'local', reason })
}
