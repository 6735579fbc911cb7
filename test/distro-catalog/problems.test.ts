import { describe, expect, test } from '@jest/globals'
import { readEntry } from '../../distro-catalog/assemble.js'
import { CatalogError, type CatalogProblem } from '../../distro-catalog/errors.js'
import { loadCatalog } from '../../distro-catalog/load.js'
import { validateDistro, validateProvider } from '../../distro-catalog/validate.js'
import { fedora44, withFolder } from './temporary-catalog.js'

const problemsOf = (text: string, file = 'fedora-44.yaml'): readonly CatalogProblem[] => {
  const entry = readEntry({ file, text }, validateDistro)
  return entry.ok ? [] : entry.problems
}
const changed = (from: string | RegExp, to: string): readonly CatalogProblem[] => {
  expect(fedora44).toMatch(from)
  return problemsOf(fedora44.replace(from, to))
}

describe('a distro file', () => {
  test('without a mistake has no problems', () => {
    expect(problemsOf(fedora44)).toEqual([])
  })

  test('with a version that YAML reads as a number is told to quote it', () => {
    expect(changed("'44'", '44')).toEqual([
      {
        file: 'fedora-44.yaml',
        field: 'version',
        expected: 'the version in quotes, or rolling',
        got: '44',
        remedy: 'put the value in quotes, as YAML reads it as something else than text',
      },
    ])
  })

  test('with a mistyped field is told the field it meant, and which one is missing', () => {
    const problems = changed('firmware:', 'firmwear:')
    expect(problems).toHaveLength(2)
    expect(problems).toContainEqual({
      file: 'fedora-44.yaml',
      field: 'providers.local.architectures.x86_64.vendor.firmwear',
      expected: 'one of the fields url, checksum, firmware',
      got: 'the unknown field "firmwear"',
      remedy: 'did you mean "firmware"?',
    })
    expect(problems).toContainEqual({
      file: 'fedora-44.yaml',
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
    expect(changed('user: fedora', 'user:')).toEqual([
      expect.objectContaining({ field: 'providers.local.user', got: 'nothing' }),
    ])
  })

  test('with a URL that is none is told what one looks like', () => {
    expect(changed(/url: https:\S+qcow2/, 'url: image.qcow2')).toEqual([
      expect.objectContaining({ expected: 'an http or https URL', got: '"image.qcow2"' }),
    ])
  })

  test('with an architecture that has neither vendor image nor build is told to give one', () => {
    const start = fedora44.indexOf('      x86_64:')
    const text = `${fedora44.slice(0, start)}      x86_64: {}\nsources: [test]\n`
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
    const undated = fedora44.replace(/released: .*\nendOfLife: .*\n/, '')
    expect(problemsOf(undated).map(({ field }) => field)).toEqual(['released', 'endOfLife'])
    expect(problemsOf(undated.replace("'44'", 'rolling'))).toEqual([])
  })

  test('must be called as the distro is', () => {
    expect(problemsOf(fedora44, 'fedora.yaml')).toEqual([
      expect.objectContaining({
        field: 'name',
        expected: '"fedora", as the file is called',
        got: '"fedora-44"',
      }),
    ])
  })

  test('can’t both have an image and say that there is none', () => {
    expect(problemsOf(`${fedora44}unavailable: { local: no image }\n`)).toEqual([
      expect.objectContaining({ field: 'unavailable.local' }),
    ])
  })

  test('that is not YAML is told where', () => {
    expect(problemsOf('name: [fedora-44\nfamily: fedora')).toContainEqual(
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
      'alpha-1.yaml': fedora44,
      'beta-1.yaml': 'name: beta-1',
      'fedora-44.yaml': fedora44.replace("'44'", '44').replace('btrfs', 'zfs'),
      'gamma-1.yml': '',
      'aliases.yaml': 'deb: debian-31\ndebian-12: debian-13',
    })
    const byFile = (name: string) =>
      problems.filter(({ file }) => file.endsWith(`/${name}`)).map((each) => each.field)
    expect(byFile('alpha-1.yaml')).toEqual(['name'])
    expect(byFile('beta-1.yaml').sort()).toEqual(['family', 'providers', 'sources', 'title', 'version'])
    expect(byFile('fedora-44.yaml')).toEqual(['version', 'providers.local.rootFilesystem'])
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
