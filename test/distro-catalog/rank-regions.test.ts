import { beforeAll, describe, expect, test } from '@jest/globals'
import { isCloud } from '../../distro-catalog/cloud.js'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { loadCatalog, loadRegions } from '../../distro-catalog/load.js'
import type { CloudProvider } from '../../distro-catalog/provider.js'
import {
  candidateRegions,
  rankRegions,
  usdPerHour,
  type Candidate,
  type RegionQuestion,
} from '../../distro-catalog/rank-regions.js'
import { resolveDistro } from '../../distro-catalog/resolve.js'

const candidate = (name: string, price?: number): Candidate => ({
  region: { name, title: name.toUpperCase(), latitude: 0, longitude: 0 },
  usdPerHour: price,
})
const order = (candidates: readonly Candidate[], roundTrips: Record<string, number> = {}): string[] =>
  rankRegions(candidates, roundTrips).map(({ region }) => region)

describe('rankRegions', () => {
  test('puts the nearer of two equally dear regions first', () => {
    expect(order([candidate('far', 1), candidate('near', 1)], { far: 90, near: 20 })).toEqual(['near', 'far'])
  })

  test('takes one per cent of price for one millisecond of distance', () => {
    const pair = [candidate('dear', 1.5), candidate('cheap', 1)]
    expect(order(pair, { dear: 20, cheap: 69 })).toEqual(['cheap', 'dear'])
    expect(order(pair, { dear: 20, cheap: 71 })).toEqual(['dear', 'cheap'])
    expect(rankRegions(pair, { dear: 20, cheap: 71 }).map(({ score }) => score)).toEqual([70, 71])
  })

  test('takes an unknown price for the dearest known one', () => {
    const three = [candidate('unknown'), candidate('dear', 1.2), candidate('cheap', 1)]
    expect(rankRegions(three, { unknown: 10, dear: 10, cheap: 10 })).toEqual(
      [
        { region: 'cheap', title: 'CHEAP', roundTripMs: 10, usdPerHour: 1, score: 10 },
        { region: 'dear', title: 'DEAR', roundTripMs: 10, usdPerHour: 1.2, score: 30 },
        { region: 'unknown', title: 'UNKNOWN', roundTripMs: 10, usdPerHour: null, score: 30 },
      ].toSorted((a, b) => a.score - b.score || (a.usdPerHour ?? 9) - (b.usdPerHour ?? 9)),
    )
  })

  test('ranks by distance alone where no price is known', () => {
    expect(order([candidate('b'), candidate('a')], { a: 1, b: 2 })).toEqual(['a', 'b'])
    expect(rankRegions([candidate('a')], { a: 7 })[0]?.score).toBe(7)
  })

  test('puts what was not measured after what was, however cheap', () => {
    expect(order([candidate('silent', 0.1), candidate('heard', 1)], { heard: 400 })).toEqual([
      'heard',
      'silent',
    ])
  })

  test('without any measurement goes by price, unknown last, then by the order given', () => {
    const all = [candidate('x'), candidate('b', 2), candidate('c', 1), candidate('a', 1), candidate('w')]
    expect(order(all)).toEqual(['c', 'a', 'b', 'x', 'w'])
    expect(order(all)).toEqual(order(all))
  })

  test('of nothing is nothing', () => {
    expect(rankRegions([], { a: 1 })).toEqual([])
  })
})

describe('candidateRegions', () => {
  let catalog: Catalog
  let aws: RegionQuestion
  let google: RegionQuestion
  const cloud = (name: 'aws' | 'google'): CloudProvider => {
    const provider = catalog.providers.get(name)
    if (provider === undefined || !isCloud(provider)) throw new Error(`${name} is a cloud`)
    return provider
  }
  beforeAll(async () => {
    catalog = await loadCatalog()
    const open = { allowed: [] }
    aws = { ...open, provider: cloud('aws'), regions: await loadRegions('aws'), instanceType: 't3.medium' }
    google = {
      ...open,
      provider: cloud('google'),
      regions: await loadRegions('google'),
      instanceType: 'e2-medium',
    }
  })
  const names = (question: RegionQuestion): string[] =>
    candidateRegions(question).candidates.map(({ region }) => region.name)

  test('are all regions that are open to every account', () => {
    expect(names(aws)).toHaveLength(17)
    expect(names(aws)).toContain('eu-central-1')
    expect(candidateRegions(aws).leftOut).toContainEqual({
      region: 'eu-south-1',
      reason: 'opt-in: an administrator must enable it for the account',
    })
  })

  test('are the allowed ones where some are named, restricted ones too', () => {
    expect(names({ ...aws, allowed: ['eu-south-1', 'eu-west-1'] })).toEqual(['eu-south-1', 'eu-west-1'])
  })

  test('have the instance type', () => {
    expect(names({ ...google, instanceType: 't2a-standard-1' })).toEqual([
      'asia-southeast1',
      'europe-west4',
      'us-central1',
    ])
  })

  test('have the image', () => {
    const offer = resolveDistro(catalog, 'rocky').providers.aws
    const allowed = ['me-central-1', 'eu-south-1']
    expect(candidateRegions({ ...aws, offer, allowed })).toMatchObject({
      candidates: [{ region: { name: 'me-central-1' } }],
      leftOut: expect.arrayContaining([{ region: 'eu-south-1', reason: 'the image is not there' }]),
    })
  })

  test('carry the price of the instance type there', () => {
    const frankfurt = aws.regions.regions.find(({ name }) => name === 'eu-central-1')
    if (frankfurt === undefined) throw new Error('eu-central-1 is there')
    expect(usdPerHour(aws.provider, frankfurt, 't3.medium')).toBe(0.048)
    expect(usdPerHour(aws.provider, frankfurt, 't3.small')).toBe(0.024)
    expect(usdPerHour(aws.provider, { ...frankfurt, usdPerHour: {} }, 't3.small')).toBeUndefined()
    expect(usdPerHour(google.provider, frankfurt, 't2a-standard-1')).toBeUndefined()
  })

  test('refuses an allowed region that there is not, with the near ones', () => {
    expect(() => candidateRegions({ ...aws, allowed: ['eu-centarl-1'] })).toThrow(
      expect.objectContaining({
        fault: expect.objectContaining({
          code: 'region-unknown',
          given: 'eu-centarl-1',
          provider: 'aws',
          near: expect.arrayContaining(['eu-central-1']),
        }),
      }),
    )
  })
})
