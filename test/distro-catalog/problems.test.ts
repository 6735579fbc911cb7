import { describe, expect, test } from '@jest/globals'
import { readEntry } from '../../distro-catalog/assemble.js'
import { CatalogError, type CatalogProblem } from '../../distro-catalog/errors.js'
import { loadCatalog } from '../../distro-catalog/load.js'
import { validateDistro, validateProvider, validateRegions } from '../../distro-catalog/validate.js'
import { plum44, withFolder } from '../support/distro-catalog/temporary-catalog.js'

const problemsOf = (text: string, file = 'plum-44.yaml'): readonly CatalogProblem[] => {
  const entry = readEntry({ file, text }, validateDistro)
  return entry.ok ? [] : entry.problems
}
const changed = (from: string | RegExp, to: string): readonly CatalogProblem[] => {
  expect(plum44).toMatch(from)
  return problemsOf(plum44.replace(from, to))
}

describe('a distro file', () => {
  test('without a mistake has no problems', () => {
    expect(problemsOf(plum44)).toEqual([])
  })

  test('with a version that YAML reads as a number is told to quote it', () => {
    expect(changed("'44'", '44')).toEqual([
      {
        file: 'plum-44.yaml',
        field: 'version',
        expected: 'the version in quotes, or rolling',
        got: '44',
        remedy: 'put the value in quotes; without them YAML does not read it as text',
      },
    ])
  })

  test('with a mistyped field is told the field it meant, and which one is missing', () => {
    const problems = changed('firmware:', 'firmwear:')
    expect(problems).toHaveLength(2)
    expect(problems).toContainEqual({
      file: 'plum-44.yaml',
      field: 'providers.local.architectures.x86_64.vendor.firmwear',
      expected: 'one of the fields url, checksum, firmware',
      got: 'the unknown field "firmwear"',
      remedy: 'did you mean "firmware"?',
    })
    expect(problems).toContainEqual({
      file: 'plum-44.yaml',
      field: 'providers.local.architectures.x86_64.vendor.firmware',
      expected: 'one of uefi, bios',
      got: 'nothing',
      remedy: 'add the field "firmware"',
    })
  })

  test('with a wrong word is told the words there are', () => {
    expect(changed('format: bsd', 'format: bdd')).toEqual([
      expect.objectContaining({
        expected: 'one of gnu, bsd, bare',
        got: '"bdd"',
        remedy: 'did you mean "bsd"?',
      }),
    ])
    expect(changed('support: official', 'support: yes please')).toEqual([
      expect.objectContaining({ remedy: 'write official or community or byo' }),
    ])
  })

  test('with an empty field is treated as if the field were absent', () => {
    expect(changed('user: plum', 'user:')).toEqual([
      expect.objectContaining({ field: 'providers.local.user', got: 'nothing' }),
    ])
  })

  test('with a URL that is none is told what one looks like', () => {
    expect(changed(/url: https:\S+qcow2/, 'url: image.qcow2')).toEqual([
      expect.objectContaining({ expected: 'an http or https URL', got: '"image.qcow2"' }),
    ])
  })

  test('with an architecture that has neither vendor image nor build is told to give one', () => {
    const start = plum44.indexOf('      x86_64:')
    const text = `${plum44.slice(0, start)}      x86_64: {}\nsources: [test]\n`
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({
        field: 'providers.local.architectures.x86_64',
        expected: 'a vendor image, a build, or both',
        got: '{}',
      }),
    ])
  })

  test('with dates out of order or out of the calendar is told which', () => {
    expect(changed('endOfLife: 2027-05-19', 'endOfLife: 2025-05-19')).toEqual([
      expect.objectContaining({ field: 'endOfLife', expected: 'a day after the release (2026-04-21)' }),
    ])
    expect(changed('released: 2026-04-21', 'released: 2026-02-30')).toEqual([
      expect.objectContaining({
        field: 'released',
        got: '"2026-02-30"',
        remedy: 'correct the month or the day',
      }),
    ])
  })

  test('needs its dates unless the distribution is rolling', () => {
    const undated = plum44.replace(/released: .*\nendOfLife: .*\n/, '')
    expect(problemsOf(undated).map(({ field }) => field)).toEqual(['released', 'endOfLife'])
    expect(problemsOf(undated.replace("'44'", 'rolling'))).toEqual([])
  })

  test('must be called as the distro is', () => {
    expect(problemsOf(plum44, 'plum.yaml')).toEqual([
      expect.objectContaining({
        field: 'name',
        expected: '"plum", the name of the file',
        got: '"plum-44"',
      }),
    ])
  })

  test('can’t both have an image and say that there is none', () => {
    expect(problemsOf(`${plum44}unavailable: { local: no image }\n`)).toEqual([
      expect.objectContaining({ field: 'unavailable.local' }),
    ])
  })

  test('that is not YAML is told where', () => {
    expect(problemsOf('name: [plum-44\nfamily: plum')).toContainEqual(
      expect.objectContaining({ field: '(file)', got: expect.stringMatching(/line \d/) }),
    )
  })

  test.each(['', '- a', 'text'])('that holds %j is one problem of the whole file', (text) => {
    expect(problemsOf(text)).toEqual([expect.objectContaining({ field: '(file)' })])
  })
})

describe('a provider file', () => {
  const provider = `
name: local
title: Here
regions: [{ name: local, title: Here }]
defaultSize: lab
sizes: { tiny: { vcpus: 1, memoryMiB: 256, diskGiB: 8 } }
instanceType:
  pattern: <vcpus>x<memoryMiB>
  example: 4x8192
  vcpus: { minimum: 1, maximum: 8 }
  memoryMiB: { minimum: 512, maximum: 65536 }
pricePerHourUsd: 0
`
  test('needs its default size and sizes within its own bounds', () => {
    const entry = readEntry({ file: 'local.yaml', text: provider }, validateProvider)
    expect(entry.ok ? [] : entry.problems).toEqual([
      expect.objectContaining({ field: 'defaultSize', expected: 'one of the sizes tiny', got: '"lab"' }),
      expect.objectContaining({ field: 'sizes.tiny.memoryMiB', got: '256' }),
    ])
  })
})

describe('the file of a cloud', () => {
  const cloud = `
name: aws
title: There
defaultSize: lab
sizes: { lab: { types: { x86_64: t3.medium, arm64: t4g.medium }, diskGiB: 20 } }
instanceTypes:
  t3.medium: { architecture: x86_64, vcpus: 2, memoryMiB: 4096, price: { like: t3.medium, factor: 1 } }
  t4g.medium: { architecture: arm64, vcpus: 2, memoryMiB: 4096 }
sources: [test]
`
  const problems = (text: string) => {
    const entry = readEntry({ file: 'aws.yaml', text }, validateProvider)
    return entry.ok ? [] : entry.problems
  }

  test('without a mistake has no problems', () => {
    expect(problems(cloud)).toEqual([])
  })

  test('names types it has, of the architecture they stand for', () => {
    expect(problems(cloud.replace('arm64: t4g.medium', 'arm64: t3.medium'))).toEqual([
      expect.objectContaining({ field: 'sizes.lab.types.arm64', got: '"t3.medium"' }),
    ])
    expect(problems(cloud.replace('arm64: t4g.medium', 'arm64: t4g.mediun'))).toEqual([
      expect.objectContaining({
        field: 'sizes.lab.types.arm64',
        remedy: expect.stringContaining('did you mean "t4g.medium"'),
      }),
    ])
  })

  test('prices a type like one that it has', () => {
    expect(problems(cloud.replace('like: t3.medium', 'like: t3.medum'))).toEqual([
      expect.objectContaining({ field: 'instanceTypes.t3.medium.price.like', got: '"t3.medum"' }),
    ])
  })
})

describe('a file of regions', () => {
  const file = 'aws.yaml'
  const text = `
provider: aws
prices: { asOf: 2026-11-21, note: list prices }
attribution: [test]
regions:
  - { name: eu-one-1, title: One, latitude: 1, longitude: 2, usdPerHour: { t3.medium: 0.04 } }
  - { name: eu-two-1, title: Two, latitude: 1, longitude: 2, probe: 'https://two.example.org/ping' }
`
  const problems = (changed: string) => {
    const entry = readEntry({ file, text: changed }, validateRegions)
    return entry.ok ? [] : entry.problems
  }

  test('without a mistake has no problems', () => {
    expect(problems(text)).toEqual([])
  })

  test('has every region once, on this planet, with prices that are some', () => {
    expect(problems(text.replace('eu-two-1', 'eu-one-1'))).toEqual([
      expect.objectContaining({ field: 'regions.1.name', got: '"eu-one-1" again' }),
    ])
    expect(problems(text.replace('latitude: 1', 'latitude: 91').replace('0.04', '0'))).toEqual([
      expect.objectContaining({ field: 'regions.0.latitude', got: '91' }),
      expect.objectContaining({ field: 'regions.0.usdPerHour.t3.medium', got: '0' }),
    ])
  })

  test('dates its prices with a day of the calendar', () => {
    expect(problems(text.replace('2026-11-21', '2026-11-31'))).toEqual([
      expect.objectContaining({ field: 'prices.asOf', remedy: 'correct the month or the day' }),
    ])
  })
})

describe('the image of a distro on azure', () => {
  test('comes from exactly one place', () => {
    const azure = (source: string) => `
  azure:
    support: official
    user: plum
    rootFilesystem: btrfs
    minimumDiskGiB: 5
    cloudInit: true
    architectures: { x86_64: { source: ${source}, secureBoot: true } }
`
    const both =
      '{ gallery: { name: a, image: b }, marketplace: { publisher: a, offer: b, sku: c, plan: false } }'
    expect(changed('providers:\n', `providers:${azure(both)}`)).toEqual([
      expect.objectContaining({
        field: 'providers.azure.architectures.x86_64.source',
        expected: 'exactly one of marketplace, gallery, imported',
      }),
    ])
    expect(changed('providers:\n', `providers:${azure('{ gallery: { name: a, image: b } }')}`)).toEqual([])
  })
})

describe('a directory of distro files', () => {
  const problemsIn = async (files: Record<string, string>): Promise<readonly CatalogProblem[]> =>
    withFolder(files, async (directory) => {
      const failure = await loadCatalog([directory]).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (failure instanceof CatalogError && failure.fault.code === 'catalog-invalid')
        return failure.fault.problems
      throw new Error('expected catalog-invalid', { cause: failure })
    })

  test('gives the problems of all its files at once', async () => {
    const problems = await problemsIn({
      'alpha-1.yaml': plum44,
      'beta-1.yaml': 'name: beta-1',
      'plum-44.yaml': plum44.replace("'44'", '44').replace('btrfs', 'zfs'),
      'gamma-1.yml': '',
      'aliases.yaml': 'deb: debian-31\ndebian-12: debian-13',
    })
    const byFile = (name: string) =>
      problems.filter(({ file }) => file.endsWith(`/${name}`)).map((each) => each.field)
    expect(byFile('alpha-1.yaml')).toEqual(['name'])
    expect(byFile('beta-1.yaml').sort()).toEqual(['family', 'providers', 'sources', 'title', 'version'])
    expect(byFile('plum-44.yaml')).toEqual(['version', 'providers.local.rootFilesystem'])
    expect(byFile('gamma-1.yml')).toEqual(['(file)'])
    expect(byFile('aliases.yaml')).toEqual(['deb', 'debian-12'])
    expect(problems).toContainEqual(expect.objectContaining({ field: 'deb', got: '"debian-31"' }))
    for (const problem of problems) expect(Object.values(problem).every((part) => part !== '')).toBe(true)
  })

  test('that does not exist is a problem that names it', async () => {
    await expect(loadCatalog(['/nowhere/at/all'])).rejects.toMatchObject({
      fault: {
        problems: [{ file: '/nowhere/at/all', field: '(file)', got: expect.stringContaining('ENOENT') }],
      },
    })
  })
})
