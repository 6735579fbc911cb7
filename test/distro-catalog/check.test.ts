import { beforeAll, describe, expect, test } from '@jest/globals'
import { isCloud } from '../../distro-catalog/cloud.js'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { crossCheck, type RegionsByCloud } from '../../distro-catalog/check.js'
import type { Distro } from '../../distro-catalog/distro.js'
import { loadCatalog, loadRegions } from '../../distro-catalog/load.js'
import { resolveDistro } from '../../distro-catalog/resolve.js'

let catalog: Catalog
let regions: RegionsByCloud
beforeAll(async () => {
  catalog = await loadCatalog()
  const [aws, azure, google] = await Promise.all([
    loadRegions('aws'),
    loadRegions('azure'),
    loadRegions('google'),
  ])
  regions = { aws, azure, google }
})

const withDistro = (distro: Distro): Catalog => ({
  ...catalog,
  distros: new Map(catalog.distros).set(distro.name, distro),
})

test('the shipped catalog has no problem across its files', () => {
  expect(crossCheck(catalog, regions)).toEqual([])
})

test('a distro that says nothing of a provider is told to', () => {
  const alpine = resolveDistro(catalog, 'alpine')
  const silent = { ...alpine, unavailable: { google: 'no image was found there' } }
  expect(crossCheck(withDistro(silent), regions)).toEqual([
    {
      file: 'distros/alpine-3.23.yaml',
      field: 'providers.azure',
      expected: 'an image, or a reason under "unavailable"',
      got: 'nothing',
      remedy: 'add providers.azure or unavailable.azure',
    },
  ])
})

describe('a region that does not exist is told with the one that was meant', () => {
  test('in a distro', () => {
    const arch = resolveDistro(catalog, 'arch')
    const { aws } = arch.providers
    if (aws === undefined) throw new Error('arch is on aws')
    const wrong = { ...arch, providers: { ...arch.providers, aws: { ...aws, regions: ['eu-centarl-1'] } } }
    expect(crossCheck(withDistro(wrong), regions)).toEqual([
      expect.objectContaining({
        field: 'providers.aws.regions',
        got: '"eu-centarl-1"',
        remedy: expect.stringContaining('did you mean "eu-central-1"'),
      }),
    ])
  })

  test('in a provider, for an instance type', () => {
    const google = catalog.providers.get('google')
    if (google === undefined || !isCloud(google)) throw new Error('google is a cloud')
    const t2a = google.instanceTypes['t2a-standard-1']
    if (t2a === undefined) throw new Error('google has t2a')
    const instanceTypes = { ...google.instanceTypes, 't2a-standard-1': { ...t2a, regions: ['mars-north1'] } }
    const wrong = {
      ...catalog,
      providers: new Map(catalog.providers).set('google', { ...google, instanceTypes }),
    }
    expect(crossCheck(wrong, regions)).toEqual([
      expect.objectContaining({
        file: 'providers/google.yaml',
        field: 'instanceTypes.t2a-standard-1.regions',
      }),
    ])
  })
})

test('a price of an instance type that the provider does not have is told', () => {
  const [first, ...rest] = regions.aws.regions
  if (first === undefined) throw new Error('aws has regions')
  const aws = { ...regions.aws, regions: [{ ...first, usdPerHour: { 't9.medium': 1 } }, ...rest] }
  expect(crossCheck(catalog, { ...regions, aws })).toEqual([
    expect.objectContaining({ file: 'regions/aws.yaml', field: 'regions.0.usdPerHour.t9.medium' }),
  ])
})
