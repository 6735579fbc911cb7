import type { Catalog } from './catalog.js'
import { hasOffers, isCloud } from './cloud.js'
import type { Distro } from './distro.js'
import type { CatalogProblem } from './errors.js'
import type { CloudOffer } from './offer-schema.js'
import type { CloudProvider } from './provider.js'
import { cloudNames, type CloudName, type OfferingName } from './provider-names.js'
import type { Regions } from './region-schema.js'
import { remedyForName } from './rules.js'

export type RegionsByCloud = Readonly<Record<CloudName, Regions>>

/**
 * Checks what only shows across all files: every distro says for every provider what it has there or why it
 * has nothing, and every named region and priced type exists. Pure.
 */
export function crossCheck(catalog: Catalog, regions: RegionsByCloud): CatalogProblem[] {
  const providers = [...catalog.providers.values()].filter(hasOffers)
  const offering = providers.map(({ name }) => name)
  const distros = [...catalog.distros.values()]
  return [
    ...distros.flatMap((distro) => unansweredProblems(distro, offering)),
    ...distros.flatMap((distro) => offerProblems(distro, regions)),
    ...providers.flatMap((provider) =>
      isCloud(provider) ? typeProblems(provider, regions[provider.name]) : [],
    ),
    ...Object.values(regions).flatMap((each) => priceProblems(catalog, each)),
  ]
}

function unansweredProblems(distro: Distro, providers: readonly OfferingName[]): CatalogProblem[] {
  return providers
    .filter(
      (provider) => distro.providers[provider] === undefined && distro.unavailable?.[provider] === undefined,
    )
    .map((provider) => ({
      file: `distros/${distro.name}.yaml`,
      field: `providers.${provider}`,
      expected: 'an image, or a reason under "unavailable"',
      got: 'nothing',
      remedy: `add providers.${provider} or unavailable.${provider}`,
    }))
}

function offerProblems({ name, providers }: Distro, regions: RegionsByCloud): CatalogProblem[] {
  return cloudNames.flatMap((cloud) => {
    const offer: CloudOffer | undefined = providers[cloud]
    return (['regions', 'exceptRegions'] as const).flatMap((field) =>
      unknownRegions(offer?.[field], regions[cloud], `distros/${name}.yaml`, `providers.${cloud}.${field}`),
    )
  })
}

function typeProblems({ name, instanceTypes }: CloudProvider, regions: Regions): CatalogProblem[] {
  return Object.entries(instanceTypes).flatMap(([type, { regions: only }]) =>
    unknownRegions(only, regions, `providers/${name}.yaml`, `instanceTypes.${type}.regions`),
  )
}

function unknownRegions(
  named: readonly string[] | undefined,
  { provider, regions }: Regions,
  file: string,
  field: string,
): CatalogProblem[] {
  const known = regions.map((region) => region.name)
  return (named ?? [])
    .filter((region) => !known.includes(region))
    .map((region) => ({
      file,
      field,
      expected: `regions of regions/${provider}.yaml`,
      got: `"${region}"`,
      remedy: remedyForName(region, known, `add "${region}" to regions/${provider}.yaml, or remove it here`),
    }))
}

/** Every price in a regions file belongs to a type in the provider's file. */
function priceProblems(catalog: Catalog, { provider, regions }: Regions): CatalogProblem[] {
  const found = catalog.providers.get(provider)
  const known = found !== undefined && isCloud(found) ? Object.keys(found.instanceTypes) : []
  return regions.flatMap((region, index) =>
    Object.keys(region.usdPerHour ?? {})
      .filter((type) => !known.includes(type))
      .map((type) => ({
        file: `regions/${provider}.yaml`,
        field: `regions.${index}.usdPerHour.${type}`,
        expected: `an instance type of providers/${provider}.yaml`,
        got: `"${type}"`,
        remedy: remedyForName(type, known, `add "${type}" to providers/${provider}.yaml`),
      })),
  )
}
