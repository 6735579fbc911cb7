import type { AzureImageSelector, AzurePlan } from '../../../stacks/azure/spec.js'
import { LabError } from '../../errors.js'
import { changeAzure, listAzure, readAzure } from './client.js'

const COMPUTE = '2024-07-01'
const GALLERY = '2023-07-03'
const TERMS = '2021-01-01'

export interface AzureMachineImage {
  /**
   * The reference that pins a machine, in the form of stacks/azure: `publisher:offer:sku:version`, or a
   * resource id.
   */
  readonly id: string
  readonly kind: 'marketplace' | 'gallery' | 'imported'
  /** The smallest root disk it needs, if Azure tells. */
  readonly diskGiB: number | undefined
  /** ISO 8601, in UTC. Only for galleries: Marketplace versions have no date. */
  readonly createdAt: string | undefined
}

export interface OwnImage {
  readonly id: string
  readonly tags?: Readonly<Record<string, string>>
}

interface Version {
  readonly name: string
  readonly location?: string
  readonly properties?: {
    readonly excludeFromLatest?: boolean
    readonly publishedDate?: string
    readonly osDiskImage?: { readonly sizeInGb?: number }
    readonly storageProfile?: {
      readonly osDiskImage?: { readonly diskSizeGB?: number }
      readonly osDisk?: { readonly diskSizeGB?: number }
    }
  }
}

/**
 * The newest image that matches the catalog's selector; undefined if the region has none. Throws LabError
 * like `readAzure`.
 */
export async function findNewestImage(
  region: string,
  selector: AzureImageSelector,
): Promise<AzureMachineImage | undefined> {
  if (selector.from === 'imported') {
    const { resourceGroup, name } = selector
    const path = `/resourceGroups/${resourceGroup}/providers/Microsoft.Compute/images/${name}`
    const found = await readAzure<Version & { readonly id: string }>(path, { apiVersion: COMPUTE })
    if (found === undefined) return undefined
    assertIn(region, found.id, found)
    return { id: found.id, kind: 'imported', ...described(found) }
  }
  const { path, apiVersion, pin } = placeOf(region, selector)
  const versions = await listVersions(path, apiVersion)
  const [newest] = versions
    .filter(({ properties }) => properties?.excludeFromLatest !== true)
    .toSorted((a, b) => compareVersions(b.name, a.name))
  if (newest === undefined) return undefined
  // Only the single request says anything about the disk.
  const found = await readAzure<Version>(`${path}/${newest.name}`, { apiVersion })
  return { id: pin(newest.name), kind: selector.from, ...described(found) }
}

/** The image that a lab is pinned to. Throws LabError cloud-image-gone, or like `readAzure`. */
export async function findImage(region: string, id: string): Promise<AzureMachineImage> {
  const { path, apiVersion, kind } = pinnedPlace(region, id)
  const found = await readAzure<Version>(path, { apiVersion })
  if (found === undefined) throw new LabError({ code: 'cloud-image-gone', provider: 'azure', reason: id })
  if (kind === 'imported') assertIn(region, id, found)
  return { id, kind, ...described(found) }
}

/**
 * An image of the subscription is in one region, and makes machines only there. Throws LabError
 * cloud-image-elsewhere.
 */
function assertIn(region: string, image: string, { location }: Version): void {
  // Azure uses both forms: `West Europe`.
  const has = location?.toLowerCase().replaceAll(' ', '')
  if (has === undefined || has === region) return
  throw new LabError({ code: 'cloud-image-elsewhere', provider: 'azure', image, region, has })
}

/**
 * An image of the subscription; undefined if there is none. `id`: the whole id. Throws LabError like
 * `readAzure`.
 */
export const readImage = (id: string, signal: AbortSignal): Promise<OwnImage | undefined> =>
  readAzure<OwnImage>(id, { apiVersion: COMPUTE, signal })

export const removeImage = async (id: string, signal: AbortSignal): Promise<void> => {
  await changeAzure('DELETE', id, { apiVersion: COMPUTE, signal })
}

/**
 * Free Marketplace images have terms that a person accepts once for each subscription. Throws LabError
 * cloud-image-terms until someone has.
 */
export async function checkTerms({ publisher, product, name }: AzurePlan): Promise<void> {
  const path =
    '/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine' +
    `/publishers/${publisher}/offers/${product}/plans/${name}/agreements/current`
  const terms = await readAzure<{ readonly properties: { readonly accepted?: boolean } }>(path, {
    apiVersion: TERMS,
  })
  if (terms?.properties.accepted === true) return
  throw new LabError({ code: 'cloud-image-terms', provider: 'azure', publisher, offer: product, plan: name })
}

function placeOf(region: string, selector: Exclude<AzureImageSelector, { readonly from: 'imported' }>) {
  const regional = `/providers/Microsoft.Compute/locations/${region}`
  if (selector.from === 'gallery') {
    const image = `/communityGalleries/${selector.name}/images/${selector.image}/versions`
    return {
      path: regional + image,
      apiVersion: GALLERY,
      kind: 'gallery' as const,
      pin: (version: string) => `${image}/${version}`,
    }
  }
  const { publisher, offer, sku } = selector
  const path = `${regional}/publishers/${publisher}/artifacttypes/vmimage/offers/${offer}/skus/${sku}/versions`
  const pin = (version: string) => [publisher, offer, sku, version].join(':')
  return { path, apiVersion: COMPUTE, kind: 'marketplace' as const, pin }
}

function pinnedPlace(region: string, id: string) {
  const gallery = /^\/communityGalleries\/([^/]+)\/images\/([^/]+)\/versions\/(.+)$/.exec(id)
  if (gallery !== null) {
    const [, name = '', image = '', version = ''] = gallery
    const place = placeOf(region, { from: 'gallery', name, image })
    return { ...place, path: `${place.path}/${version}` }
  }
  if (id.startsWith('/')) return { path: id, apiVersion: COMPUTE, kind: 'imported' as const }
  const [publisher = '', offer = '', sku = '', version = ''] = id.split(':')
  const place = placeOf(region, { from: 'marketplace', publisher, offer, sku })
  return { ...place, path: `${place.path}/${version}` }
}

/** The Marketplace returns a plain list, a gallery returns pages. */
async function listVersions(path: string, apiVersion: string): Promise<Version[]> {
  if (path.includes('/communityGalleries/')) return listAzure<Version>(path, { apiVersion })
  return (await readAzure<Version[]>(path, { apiVersion })) ?? []
}

function described(version: Version | undefined): Pick<AzureMachineImage, 'diskGiB' | 'createdAt'> {
  const { osDiskImage, storageProfile, publishedDate } = version?.properties ?? {}
  return {
    diskGiB:
      osDiskImage?.sizeInGb ?? storageProfile?.osDiskImage?.diskSizeGB ?? storageProfile?.osDisk?.diskSizeGB,
    createdAt: publishedDate === undefined ? undefined : new Date(publishedDate).toISOString(),
  }
}

/** `0.20260101.2203`: numbers between dots, of any length. */
function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number))
  const at = (a ?? []).findIndex((part, index) => part !== b?.[index])
  return at < 0 ? 0 : (a?.[at] ?? 0) - (b?.[at] ?? 0)
}
