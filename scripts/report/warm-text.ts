import prettyBytes from 'pretty-bytes'
import type { WarmedImage, WarmImage } from '../providers/warm-images.js'

/** One line for each warm image. */
export const warmLine = ({ distro, vcpus, memoryMiB, diskGiB, hasNetwork, bytes }: WarmImage): string => {
  const size = `${vcpus} vCPUs, ${memoryMiB} MiB, disk ${diskGiB} GiB`
  return `warm: ${distro} (${size}${hasNetwork ? ', for several machines' : ''}), ${prettyBytes(bytes)} on disk`
}

export const renderWarmed = (images: readonly WarmedImage[]): string =>
  images
    .map(
      ({ distro, bytes, isNew }) =>
        `${distro} is warm${isNew ? '' : ' already'}: ${prettyBytes(bytes)} on disk.`,
    )
    .join('\n')

export function renderPruned(images: readonly WarmImage[]): string {
  if (images.length === 0) return 'There was nothing to remove.'
  const bytes = images.reduce((sum, image) => sum + image.bytes, 0)
  return [
    ...images.map((image) => `removed ${warmLine(image)}`),
    `${prettyBytes(bytes)} are free again.`,
  ].join('\n')
}
