import { dirname } from 'node:path'
import { readIfPlain } from '../../backend/plain-file.js'
import { CatalogError } from '../../distro-catalog/errors.js'
import type { Architecture } from '../../distro-catalog/offer-schema.js'
import type { CloudName } from '../../distro-catalog/provider-names.js'
import {
  candidateRegions,
  rankRegions,
  type Candidate,
  type LeftOut,
  type RankedRegion,
  type RegionQuestion,
} from '../../distro-catalog/rank-regions.js'
import { architectureOf } from '../../distro-catalog/size.js'
import type { Context } from '../context.js'
import { ensureFolder, putFile, roundTripsFile } from '../workspace.js'

/** How long a `regions` or `up` may wait for measurements. */
const CAP_MS = 1500
const DAY_MS = 86_400_000

/**
 * `measure`: ask the network unless it was asked within a day; `known`: measurements of the last day, else
 * none.
 */
export type Measuring = 'measure' | 'known' | 'anew'

export interface Ranking {
  readonly provider: CloudName
  readonly instanceType: string
  readonly architecture: Architecture
  /** When the round trips were measured (RFC 3339); null: they were not, and the order is the catalog's. */
  readonly measuredAt: string | null
  /** The day of the list prices, as YYYY-MM-DD. */
  readonly pricesAsOf: string
  /** Best first, at least one. */
  readonly regions: readonly RankedRegion[]
  readonly leftOut: readonly LeftOut[]
}

interface Measurement {
  readonly measuredAt: string
  readonly roundTripsMs: Readonly<Record<string, number>>
}

type Surroundings = Pick<Context, 'space' | 'interrupt'> & {
  readonly env: Pick<Context['env'], 'proxied'>
}

/** @throws CatalogError `no-region` if no region is possible, `region-unknown`, `instance-type-invalid`. */
export async function rankFor(
  context: Surroundings,
  question: RegionQuestion,
  measuring: Measuring,
): Promise<Ranking> {
  const { provider, regions, instanceType } = question
  const { candidates, leftOut } = candidateRegions(question)
  if (candidates.length === 0) {
    throw new CatalogError({ code: 'no-region', provider: provider.name, instanceType, leftOut })
  }
  const measurement = await measurementFor(context, provider.name, regions.regions, candidates, measuring)
  return {
    provider: provider.name,
    instanceType,
    architecture: architectureOf(provider, instanceType),
    measuredAt: measurement?.measuredAt ?? null,
    pricesAsOf: regions.prices.asOf,
    regions: rankRegions(candidates, measurement?.roundTripsMs ?? {}),
    leftOut,
  }
}

/** Every open region is measured, not only the candidates, because the next question may have others. */
async function measurementFor(
  { space, interrupt, env }: Surroundings,
  provider: CloudName,
  regions: RegionQuestion['regions']['regions'],
  candidates: readonly Candidate[],
  measuring: Measuring,
): Promise<Measurement | undefined> {
  const file = roundTripsFile(space, provider)
  const cached = measuring === 'anew' ? undefined : await readMeasurement(file)
  if (cached !== undefined || measuring === 'known') return cached
  const wanted = new Set(candidates.map(({ region }) => region.name))
  const probes = regions.flatMap(({ name, probe, restricted }) =>
    probe === undefined || (restricted !== undefined && !wanted.has(name))
      ? []
      : [{ region: name, url: probe }],
  )
  const { measureRoundTrips } = await import('./measure.js')
  const roundTripsMs = await measureRoundTrips(probes, {
    capMs: CAP_MS,
    signal: interrupt.signal,
    proxied: env.proxied,
  })
  // Without a network there is nothing worth remembering.
  if (Object.keys(roundTripsMs).length === 0) return undefined
  const measurement = { measuredAt: new Date().toISOString(), roundTripsMs }
  await ensureFolder(dirname(file))
  await putFile(file, `${JSON.stringify(measurement, null, 2)}\n`)
  return measurement
}

/** A measurement of the last 24 hours. An unreadable or invalid file counts as none: it is a cache. */
async function readMeasurement(file: string): Promise<Measurement | undefined> {
  const text = (await readIfPlain(file)) ?? ''
  const value = parseMeasurement(text)
  if (value === undefined) return undefined
  const age = Date.now() - Date.parse(value.measuredAt)
  return age >= 0 && age < DAY_MS ? value : undefined
}

export function parseMeasurement(text: string): Measurement | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const { measuredAt, roundTripsMs } = (value ?? {}) as Partial<Measurement>
  const isOne =
    typeof measuredAt === 'string' &&
    typeof roundTripsMs === 'object' &&
    Object.values(roundTripsMs).every((ms) => typeof ms === 'number')
  return isOne ? { measuredAt, roundTripsMs } : undefined
}
