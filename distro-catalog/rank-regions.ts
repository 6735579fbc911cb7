import { CatalogError } from './errors.js'
import { nearNames } from './near-names.js'
import type { CloudOffer } from './offer-schema.js'
import type { CloudProvider } from './provider.js'
import type { Region, Regions } from './region-schema.js'
import { findInstanceType } from './size.js'

export interface RegionQuestion {
  readonly provider: CloudProvider
  readonly regions: Regions
  readonly instanceType: string
  /** What the distro has on this provider; absent if no distro is given. */
  readonly offer?: CloudOffer | undefined
  /** The only regions to consider, restricted ones included; if empty, all open ones. */
  readonly allowed: readonly string[]
}

export interface Candidate {
  readonly region: Region
  /** List price of the instance type there; undefined if unknown. */
  readonly usdPerHour: number | undefined
}

export interface LeftOut {
  readonly region: string
  readonly reason: string
}

/**
 * Which regions can have the machine, in the catalog's order, and why the others cannot.
 *
 * @throws CatalogError `region-unknown` for a name in `allowed`, `instance-type-invalid`.
 */
export function candidateRegions(question: RegionQuestion): { candidates: Candidate[]; leftOut: LeftOut[] } {
  const { provider, regions, instanceType, allowed } = question
  for (const given of allowed) findRegion(regions, given)
  findInstanceType(provider, instanceType)
  const candidates: Candidate[] = []
  const leftOut: LeftOut[] = []
  for (const region of regions.regions) {
    const reason = whyNot(question, region)
    if (reason !== undefined) leftOut.push({ region: region.name, reason })
    else candidates.push({ region, usdPerHour: usdPerHour(provider, region, instanceType) })
  }
  return { candidates, leftOut }
}

/** @throws CatalogError `region-unknown` with near names. */
export function findRegion({ provider, regions }: Regions, given: string): Region {
  const region = regions.find(({ name }) => name === given)
  if (region !== undefined) return region
  const near = nearNames(
    given,
    regions.map(({ name }) => name),
  )
  throw new CatalogError({ code: 'region-unknown', given, provider, near })
}

/** List price of one machine-hour in USD, to a hundredth of a cent; undefined if unknown. */
export function usdPerHour(
  provider: CloudProvider,
  region: Region,
  instanceType: string,
): number | undefined {
  const { price } = findInstanceType(provider, instanceType)
  const base = price === undefined ? undefined : region.usdPerHour?.[price.like]
  if (price === undefined || base === undefined) return undefined
  return Math.round(base * price.factor * 10_000) / 10_000
}

/** Why this machine cannot be in a region; undefined if it can. Naming a region lifts its restriction. */
export function whyNot(
  { provider, instanceType, offer, allowed }: RegionQuestion,
  region: Region,
): string | undefined {
  if (allowed.length > 0 && !allowed.includes(region.name)) return 'not in the list of allowed regions'
  if (allowed.length === 0 && region.restricted !== undefined) return region.restricted
  const { regions: only } = findInstanceType(provider, instanceType)
  if (only !== undefined && !only.includes(region.name)) return `${instanceType} is not offered there`
  const hasImage =
    (offer?.regions === undefined || offer.regions.includes(region.name)) &&
    offer?.exceptRegions?.includes(region.name) !== true
  return hasImage ? undefined : 'the image is not there'
}

export interface RankedRegion {
  readonly region: string
  readonly title: string
  /** null: not measured. */
  readonly roundTripMs: number | null
  /** null: unknown. */
  readonly usdPerHour: number | null
  /** Lower is better; null for a region that was not measured. */
  readonly score: number | null
}

/** One per cent above the cheapest price counts as much as this many ms of round trip. */
const MS_PER_PERCENT = 1

/**
 * The candidates, best first. Measured ones are sorted by score: round trip in ms, plus 1 for every per cent
 * above the cheapest candidate's price (an unknown price counts as the highest known one). Then come the
 * unmeasured ones, by price, unknown last, then in the catalog's order. If nothing was measured, all have
 * that order. Pure.
 */
export function rankRegions(
  candidates: readonly Candidate[],
  roundTripsMs: Readonly<Record<string, number>>,
): RankedRegion[] {
  const prices = candidates.flatMap((candidate) => candidate.usdPerHour ?? [])
  const cheapest = Math.min(...prices)
  const dearest = Math.max(...prices)
  const ranked = candidates.map(({ region, usdPerHour }): RankedRegion => {
    const roundTripMs = roundTripsMs[region.name] ?? null
    const percent = prices.length === 0 ? 0 : ((usdPerHour ?? dearest) / cheapest - 1) * 100
    const score = roundTripMs === null ? null : Math.round(roundTripMs + percent * MS_PER_PERCENT)
    return { region: region.name, title: region.title, roundTripMs, usdPerHour: usdPerHour ?? null, score }
  })
  const last = Number.MAX_VALUE
  return ranked.toSorted(
    (a, b) => (a.score ?? last) - (b.score ?? last) || (a.usdPerHour ?? last) - (b.usdPerHour ?? last),
  )
}
