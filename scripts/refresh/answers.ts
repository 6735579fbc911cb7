import type { Answer } from './question.js'

export const notAsked = (reason: string): Answer => ({ outcome: 'not-asked', reason })
export const nothing = (reason: string): Answer => ({ outcome: 'nothing', reason })
/** The provider has no such image of its own. */
export const brought = notAsked('each backend imports its own')
export const nowhereCommon = notAsked('no region that every account has offers it')

/** A region that has the image, preferably one of `common`, which every account has. */
export function regionOf(
  { regions, exceptRegions = [] }: { readonly regions?: string[]; readonly exceptRegions?: string[] },
  common: readonly string[],
): string | undefined {
  const hasImage = (region: string): boolean =>
    regions?.includes(region) !== false && !exceptRegions.includes(region)
  return common.find(hasImage) ?? regions?.find(hasImage)
}
