import type { Catalog } from './catalog.js'
import { hasOffers } from './cloud.js'
import type { Distro } from './distro.js'
import { CatalogError } from './errors.js'
import { nearNames } from './near-names.js'
import type { Offers, SupportLevel } from './offer-schema.js'
import type { Provider } from './provider.js'
import type { OfferingName } from './provider-names.js'

/** An alias (`debian`) or a release (`debian-13`). @throws CatalogError `distro-unknown` with near names. */
export function resolveDistro(catalog: Catalog, given: string): Distro {
  const distro = findDistro(catalog, given)
  if (distro !== undefined) return distro
  throw new CatalogError({ code: 'distro-unknown', given, near: nearNames(given, distroNames(catalog)) })
}

/** @throws CatalogError `provider-unknown` with near names. */
export function resolveProvider(catalog: Catalog, given: string): Provider {
  const provider = findProvider(catalog, given)
  if (provider !== undefined) return provider
  throw new CatalogError({
    code: 'provider-unknown',
    given,
    near: nearNames(given, catalog.providers.keys()),
  })
}

/** What `distro` offers on `provider`. @throws CatalogError `pair-unavailable` with the reason. */
export function resolveOffer<P extends OfferingName>(distro: Distro, provider: P): Offers[P] {
  const offer = distro.providers[provider]
  // The compiler does not connect the provider's name with the type that is found under it.
  if (offer !== undefined) return offer as Offers[P]
  const reason = whyUnavailable(distro, provider)
  throw new CatalogError({ code: 'pair-unavailable', distro: distro.name, provider, reason })
}

/** One cell of the table that `images` prints; plain data, fit for JSON. */
export interface Pair {
  readonly profile: string
  readonly distro: string
  readonly title: string
  /** The bare names that lead to this distro. */
  readonly aliases: readonly string[]
  readonly provider: OfferingName
  readonly support: SupportLevel | 'none'
  readonly architectures: readonly string[]
  /** How the image is selected, who logs in, its disk and its quirks; null with support `none`. */
  readonly offer: Distro['providers'][OfferingName] | null
  readonly released?: string
  readonly endOfLife?: string
  /** Why there is no image; only with support `none`. */
  readonly reason?: string
}

/** Every distro × provider that makes machines, including pairs with no image, in the order of the distros. */
export function listPairs(catalog: Catalog): Pair[] {
  return [...catalog.distros.values()].flatMap((distro) =>
    [...catalog.providers.values()].filter(hasOffers).map(({ name }) => pairOf(catalog, distro, name)),
  )
}

function pairOf(catalog: Catalog, distro: Distro, provider: OfferingName): Pair {
  const offer = distro.providers[provider]
  return {
    profile: `${distro.name}-${provider}`,
    distro: distro.name,
    title: distro.title,
    aliases: [...catalog.aliases].filter(([, release]) => release === distro.name).map(([alias]) => alias),
    provider,
    support: offer?.support ?? 'none',
    architectures: Object.keys(offer?.architectures ?? {}),
    offer: offer ?? null,
    ...(distro.released === undefined ? {} : { released: distro.released }),
    ...(distro.endOfLife === undefined ? {} : { endOfLife: distro.endOfLife }),
    ...(offer === undefined ? { reason: whyUnavailable(distro, provider) } : {}),
  }
}

/** Every name that `resolveDistro` accepts. */
export const distroNames = (catalog: Catalog): string[] => [
  ...catalog.aliases.keys(),
  ...catalog.distros.keys(),
]

export const findDistro = (catalog: Catalog, given: string): Distro | undefined =>
  catalog.distros.get(catalog.aliases.get(given) ?? given)

export const findProvider = (catalog: Catalog, given: string): Provider | undefined =>
  [...catalog.providers.values()].find(({ name }) => name === given)

const whyUnavailable = (distro: Distro, provider: OfferingName): string =>
  distro.unavailable?.[provider] ?? `the catalog has no image of ${distro.name} for ${provider}`
