import { beforeAll, describe, expect, test } from '@jest/globals'
import { hasOffers } from '../../distro-catalog/cloud.js'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { loadCatalog } from '../../distro-catalog/load.js'
import { listProfileNames, resolveProfile } from '../../distro-catalog/profile.js'
import { listPairs, resolveDistro, resolveOffer, resolveProvider } from '../../distro-catalog/resolve.js'
import { plum44, withFolder } from '../support/distro-catalog/temporary-catalog.js'

let catalog: Catalog
beforeAll(async () => {
  catalog = await loadCatalog()
})

const faultOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error instanceof Error && 'fault' in error ? error.fault : error
  }
}

const everywhere = (name: string): string[] =>
  ['aws', 'azure', 'google', 'local'].map((provider) => `${name}-${provider}`)

describe('resolveDistro', () => {
  test('takes an alias or a release', () => {
    expect(resolveDistro(catalog, 'debian').name).toBe('debian-13')
    expect(resolveDistro(catalog, 'debian-12').codename).toBe('bookworm')
  })

  test('suggests near names for an unknown one', () => {
    expect(faultOf(() => resolveDistro(catalog, 'debain-13'))).toEqual({
      code: 'distro-unknown',
      given: 'debain-13',
      near: ['debian-13', 'debian-12'],
    })
  })

  test('does not take names from the prototype of objects', () => {
    expect(faultOf(() => resolveDistro(catalog, 'constructor'))).toMatchObject({ code: 'distro-unknown' })
    expect(faultOf(() => resolveProfile(catalog, 'toString'))).toMatchObject({ code: 'profile-unknown' })
  })
})

describe('resolveProfile', () => {
  test('splits at the last dash, keeps the given name, and takes alias or release', () => {
    const profile = resolveProfile(catalog, 'debian-12-local')
    expect([profile.name, profile.distro.name, profile.provider.name]).toEqual([
      'debian-12-local',
      'debian-12',
      'local',
    ])
    expect(resolveProfile(catalog, 'debian-local')).toMatchObject({
      name: 'debian-local',
      distro: { name: 'debian-13' },
    })
  })

  test('prefers a profile the user has named, with its size and instance type', () => {
    const mine = {
      'debian-local': { distro: 'debian-12', provider: 'local', size: 'large', instanceType: '2x4096' },
    }
    expect(resolveProfile(catalog, 'debian-local', mine)).toMatchObject({
      name: 'debian-local',
      distro: { name: 'debian-12' },
      size: 'large',
      instanceType: '2x4096',
    })
  })

  test('says which half of a user’s profile is unknown', () => {
    const mine = {
      box: { distro: 'debian', provider: 'lokal' },
      old: { distro: 'debian-9', provider: 'local' },
    }
    expect(faultOf(() => resolveProfile(catalog, 'box', mine))).toMatchObject({
      code: 'provider-unknown',
      near: ['local'],
    })
    expect(faultOf(() => resolveProfile(catalog, 'old', mine))).toMatchObject({
      code: 'distro-unknown',
      given: 'debian-9',
    })
  })

  test.each([
    ['debain-local', { code: 'profile-unknown', near: ['debian-local'] }],
    ['debian-lcal', { code: 'profile-unknown', near: ['debian-local'] }],
    ['debian-13', { code: 'profile-unknown', near: everywhere('debian-13') }],
    ['debian', { code: 'profile-unknown', near: everywhere('debian') }],
    ['slackware-local', { code: 'distro-unknown', given: 'slackware', near: [] }],
    ['debian-hetzner', { code: 'provider-unknown', given: 'hetzner', near: [] }],
    ['', { code: 'profile-unknown', near: [] }],
    ['-', { code: 'profile-unknown', near: [] }],
  ])('explains %j', (given, fault) => {
    expect(faultOf(() => resolveProfile(catalog, given))).toMatchObject(fault)
  })

  test('suggests the user’s own profiles too', () => {
    const mine = { workhorse: { distro: 'debian', provider: 'local' } }
    expect(faultOf(() => resolveProfile(catalog, 'workhrose', mine))).toMatchObject({ near: ['workhorse'] })
  })
})

describe('a distro added by one YAML file', () => {
  test('resolves by release and by bare name, and is listed', async () => {
    await withFolder({ 'plum-44.yaml': plum44 }, async (directory) => {
      const extended = await loadCatalog([directory])
      expect(resolveProfile(extended, 'plum-44-local').distro.providers.local?.rootFilesystem).toBe('btrfs')
      expect(resolveProfile(extended, 'plum-local').distro.name).toBe('plum-44')
      const pairs = listPairs(extended).filter(({ distro }) => distro === 'plum-44')
      expect(pairs.map(({ profile, support }) => [profile, support])).toEqual([
        ['plum-44-aws', 'none'],
        ['plum-44-azure', 'none'],
        ['plum-44-google', 'none'],
        ['plum-44-local', 'official'],
      ])
    })
  })

  test('may come with an alias of its own, and replaces the shipped entry of the same name', async () => {
    const mirrored = plum44.replaceAll('plum-44', 'debian-13').replaceAll('family: plum', 'family: debian')
    const files = { 'debian-13.yaml': mirrored, 'aliases.yaml': 'debian: debian-12\nmirrored: debian-13' }
    await withFolder(files, async (directory) => {
      const extended = await loadCatalog([directory])
      expect(resolveDistro(extended, 'debian').name).toBe('debian-12')
      expect(resolveDistro(extended, 'mirrored').title).toBe('Plum 44 Cloud')
      expect(extended.distros.size).toBe(catalog.distros.size)
    })
  })

  test('without an image for a provider is listed with the reason and refused with it', async () => {
    const offers = /providers:[^]*sources/
    const bare = plum44.replace(offers, 'providers: {}\nunavailable: { local: not published }\nsources')
    await withFolder({ 'plum-44.yaml': bare }, async (directory) => {
      const extended = await loadCatalog([directory])
      const fault = {
        code: 'pair-unavailable',
        distro: 'plum-44',
        provider: 'local',
        reason: 'not published',
      }
      expect(faultOf(() => resolveProfile(extended, 'plum-local'))).toEqual(fault)
      const pair = listPairs(extended).find(({ profile }) => profile === 'plum-44-local')
      expect(pair).toMatchObject({ support: 'none', reason: 'not published', offer: null })
      expect(listProfileNames(extended)).not.toContain('plum-local')
    })
  })
})

describe('listPairs', () => {
  test('gives every distro × provider with what the table shows', () => {
    const pairs = listPairs(catalog)
    expect(pairs).toHaveLength(catalog.distros.size * (catalog.providers.size - 1))
    expect(pairs.find(({ profile }) => profile === 'debian-13-aws')).toEqual({
      profile: 'debian-13-aws',
      distro: 'debian-13',
      title: 'Debian 13 (trixie)',
      aliases: ['debian'],
      provider: 'aws',
      support: 'official',
      architectures: ['x86_64', 'arm64'],
      offer: catalog.distros.get('debian-13')?.providers.aws,
      released: '2025-08-09',
      endOfLife: '2030-06-30',
    })
  })
})

test('every name that is listed as a profile resolves, and its offer is there', () => {
  const names = listProfileNames(catalog)
  expect(names).toEqual(expect.arrayContaining(['debian-local', 'debian-12-aws', 'arch-google']))
  expect(names).not.toContain('alpine-google')
  for (const name of names) {
    const { distro, provider } = resolveProfile(catalog, name)
    if (!hasOffers(provider)) throw new TypeError(`${name} names no machines`)
    expect(resolveOffer(distro, provider.name).user).toMatch(/^[a-z]/)
  }
})

test('an unknown provider is refused with near names', () => {
  expect(faultOf(() => resolveProvider(catalog, 'locale'))).toEqual({
    code: 'provider-unknown',
    given: 'locale',
    near: ['local'],
  })
})

describe('machines that exist already', () => {
  const rack = { distro: 'debian', provider: 'static', machines: [{ address: '192.0.2.7', user: 'anna' }] }

  test('are named by a profile of the user, of any distro', () => {
    const { distro, provider, machines } = resolveProfile(catalog, 'rack', { rack })
    expect([distro.name, provider.name, machines]).toEqual(['debian-13', 'static', rack.machines])
    expect(resolveProfile(catalog, 'rack', { rack: { ...rack, distro: 'alpine-3.24' } }).distro.name).toBe(
      'alpine-3.24',
    )
  })

  test('are in no table of images, and in no list of profiles', () => {
    expect(listPairs(catalog).filter(({ profile }) => profile.endsWith('-static'))).toEqual([])
    expect(listProfileNames(catalog).filter((name) => name.endsWith('-static'))).toEqual([])
  })
})
