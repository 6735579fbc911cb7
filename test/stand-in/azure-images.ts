import { loadCatalog } from '../../distro-catalog/load.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import { no, type Answer } from './azure-answer.js'

/** Azure's published images, by the path below `/subscriptions/…`, in lower case. */
export interface AzureShelf {
  readonly answers: ReadonlyMap<string, unknown>
  /** Offers whose terms no one has accepted yet: the ends of their paths. */
  readonly unaccepted: Set<string>
}

/** Neither the first nor the last of the list is the newest. */
const VERSIONS = ['1.20260901.7', '1.20261101.12', '1.20261101.3']
export const NEWEST = '1.20261101.12'
/** The images in galleries. */
export const PUBLISHED = '2026-11-01T21:30:00.000Z'

/** Two images for each distro and architecture of the catalog, in one region. */
export async function stockShelf(region: string): Promise<AzureShelf> {
  const answers = new Map<string, unknown>()
  const regional = `/providers/microsoft.compute/locations/${region}`
  const put = (path: string, answer: unknown): void => void answers.set(path.toLowerCase(), answer)
  for (const distro of (await loadCatalog()).distros.values()) {
    if (distro.providers.azure === undefined) continue
    for (const { source } of Object.values(resolveOffer(distro, 'azure').architectures)) {
      if (source.marketplace !== undefined) {
        const { publisher, offer, sku } = source.marketplace
        const path = `${regional}/publishers/${publisher}/artifacttypes/vmimage/offers/${offer}/skus/${sku}/versions`
        put(
          path,
          VERSIONS.map((name) => ({ name, location: region, id: `${path}/${name}` })),
        )
        for (const name of VERSIONS)
          put(`${path}/${name}`, {
            name,
            properties: { osDiskImage: { operatingSystem: 'Linux', sizeInGb: 31 } },
          })
      }
      if (source.gallery !== undefined) {
        const path = `${regional}/communityGalleries/${source.gallery.name}/images/${source.gallery.image}/versions`
        const version = (name: string, excludeFromLatest = false) => ({
          name,
          properties: {
            excludeFromLatest,
            storageProfile: { osDiskImage: { diskSizeGB: 5 } },
            // In Azure's form: finer than milliseconds.
            publishedDate: PUBLISHED.replace('.000Z', '.0001234+00:00'),
          },
        })
        put(path, { value: [...VERSIONS.map((name) => version(name)), version('9.9.9', true)] })
        for (const name of VERSIONS) put(`${path}/${name}`, version(name))
      }
    }
  }
  return { answers, unaccepted: new Set() }
}

/**
 * Images, terms, and the services of the subscription, which are all enabled. `own`: below the subscription.
 */
export function answerPublished(own: string, { answers, unaccepted }: AzureShelf): Answer {
  const terms = /\/publishers\/([^/]+)\/offers\/([^/]+)\/plans\/([^/]+)\/agreements\/current$/.exec(own)
  if (terms !== null) {
    const accepted = !unaccepted.has(terms.slice(1).join(':'))
    return { status: 200, body: { properties: { accepted } } }
  }
  const found = answers.get(own.toLowerCase())
  if (found !== undefined) return { status: 200, body: found }
  if (own === '/providers') return { status: 200, body: { value: SERVICES.map(registered) } }
  if (/^\/providers\/[^/]+(\/register)?$/.test(own))
    return { status: 200, body: registered(own.split('/')[2] ?? '') }
  return no(404, 'NotFound', `${own} is nowhere.`)
}

const SERVICES = ['Microsoft.Compute', 'Microsoft.Network', 'Microsoft.DevTestLab']
const registered = (namespace: string) => ({
  namespace,
  registrationState: 'Registered',
  resourceTypes: [],
})
