import { basename, extname } from 'node:path'
import type { Distro } from './distro.js'
import type { CatalogProblem } from './errors.js'
import { nearNames } from './near-names.js'
import type { Provider } from './provider.js'

// What a schema can't say. Each rule returns the problems it finds; none stops at the first.

/** The rules of one distro file. `endOfLife` and `released` may be left out only by a rolling distribution. */
export function distroProblems(distro: Distro, file: string): CatalogProblem[] {
  const rolling = distro.version === 'rolling'
  return [
    ...fileNameProblems(distro.name, file),
    ...dateProblems(distro, 'released', rolling, file),
    ...dateProblems(distro, 'endOfLife', rolling, file),
    ...dateOrderProblems(distro, file),
    ...Object.keys(distro.unavailable ?? {})
      .filter((provider) => provider in distro.providers)
      .map((provider) => ({
        file,
        field: `unavailable.${provider}`,
        expected: 'only providers that are not under "providers"',
        got: `"${provider}", which has an image here`,
        remedy: `remove it from "unavailable" or from "providers"`,
      })),
  ]
}

/** The rules of one provider file. */
export function providerProblems(provider: Provider, file: string): CatalogProblem[] {
  const known = Object.keys(provider.sizes)
  const problems = fileNameProblems(provider.name, file)
  if (!known.includes(provider.defaultSize)) {
    problems.push({
      file,
      field: 'defaultSize',
      expected: `one of the sizes ${known.join(', ')}`,
      got: `"${provider.defaultSize}"`,
      remedy: 'name one of the sizes, or add this one',
    })
  }
  for (const measure of ['vcpus', 'memoryMiB'] as const) {
    const { minimum, maximum } = provider.instanceType[measure]
    for (const [size, { [measure]: value }] of Object.entries(provider.sizes)) {
      if (value >= minimum && value <= maximum) continue
      problems.push({
        file,
        field: `sizes.${size}.${measure}`,
        expected: `${minimum} to ${maximum}, the bounds of instanceType.${measure}`,
        got: String(value),
        remedy: 'change the size or widen the bounds',
      })
    }
  }
  return problems
}

/** The rules across files: every alias leads to a release. `releases` includes those whose own file has problems. */
export function aliasProblems(
  aliases: Readonly<Record<string, string>>,
  releases: ReadonlySet<string>,
  file: string,
): CatalogProblem[] {
  return Object.entries(aliases).flatMap(([alias, release]) => {
    if (releases.has(alias)) {
      const got = `"${alias}", which is a release`
      const expected = 'a bare name that is not itself a release'
      return [{ file, field: alias, expected, got, remedy: `remove the alias "${alias}"` }]
    }
    if (releases.has(release)) return []
    const near = nearNames(release, releases)
    const remedy = near.length > 0 ? `did you mean "${near.join('" or "')}"?` : `add the file ${release}.yaml`
    return [
      { file, field: alias, expected: 'the name of a release in the catalog', got: `"${release}"`, remedy },
    ]
  })
}

function fileNameProblems(name: string, file: string): CatalogProblem[] {
  const stem = basename(file, extname(file))
  if (stem === name) return []
  const remedy = `rename the file to ${name}.yaml, or change the name`
  return [{ file, field: 'name', expected: `"${stem}", as the file is called`, got: `"${name}"`, remedy }]
}

function dateProblems(
  distro: Distro,
  field: 'released' | 'endOfLife',
  rolling: boolean,
  file: string,
): CatalogProblem[] {
  const given = distro[field]
  if (given === undefined) {
    if (rolling) return []
    const remedy = `add the field "${field}"; only a distro of version: rolling goes without`
    return [{ file, field, expected: 'a date, as YYYY-MM-DD', got: 'nothing', remedy }]
  }
  if (isCalendarDay(given)) return []
  const remedy = 'correct the month or the day'
  return [{ file, field, expected: 'a day of the calendar, as YYYY-MM-DD', got: `"${given}"`, remedy }]
}

function dateOrderProblems({ released, endOfLife }: Distro, file: string): CatalogProblem[] {
  if (released === undefined || endOfLife === undefined || released < endOfLife) return []
  const expected = `a day after the release (${released})`
  return [
    { file, field: 'endOfLife', expected, got: `"${endOfLife}"`, remedy: 'correct one of the two dates' },
  ]
}

/** `2025-02-30` has the right shape and is no day: reading it back gives another one. */
function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}
