import { basename, extname } from 'node:path'
import { isCloud } from './cloud.js'
import type { Distro } from './distro.js'
import type { CatalogProblem } from './errors.js'
import { nearNames } from './near-names.js'
import type { CloudProvider, LocalProvider, OfferingProvider } from './provider.js'
import { providerNames } from './provider-names.js'
import type { Regions } from './region-schema.js'

// Rules that a schema cannot express. Each returns all the problems it finds.

const PROVIDERS: readonly string[] = providerNames

/** The rules of one distro file. `endOfLife` and `released` may be left out only by a rolling distribution. */
export function distroProblems(distro: Distro, file: string): CatalogProblem[] {
  const rolling = distro.version === 'rolling'
  return [
    ...fileNameProblems(distro.name, file),
    ...dateProblems(distro, 'released', rolling, file),
    ...dateProblems(distro, 'endOfLife', rolling, file),
    ...dateOrderProblems(distro, file),
    ...unknownProviderProblems(distro, file),
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

function unknownProviderProblems(distro: Distro, file: string): CatalogProblem[] {
  return Object.keys(distro.unavailable ?? {})
    .filter((provider) => !PROVIDERS.includes(provider))
    .map((provider) => ({
      file,
      field: `unavailable.${provider}`,
      expected: `one of the providers ${PROVIDERS.join(', ')}`,
      got: `"${provider}"`,
      remedy: remedyForName(provider, PROVIDERS, `remove "${provider}"`),
    }))
}

/** The rules of one provider file. */
export function providerProblems(provider: OfferingProvider, file: string): CatalogProblem[] {
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
  return isCloud(provider)
    ? [...problems, ...sizeTypeProblems(provider, file), ...priceLikeProblems(provider, file)]
    : [...problems, ...boundsProblems(provider, file)]
}

function boundsProblems(provider: LocalProvider, file: string): CatalogProblem[] {
  const problems: CatalogProblem[] = []
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

/** Every size names a type of the file, of the right architecture. */
function sizeTypeProblems(provider: CloudProvider, file: string): CatalogProblem[] {
  return Object.entries(provider.sizes).flatMap(([size, { types }]) =>
    Object.entries(types)
      .filter(([architecture, type]) => typeOf(provider, type)?.architecture !== architecture)
      .map(([architecture, type]) => ({
        file,
        field: `sizes.${size}.types.${architecture}`,
        expected: `one of instanceTypes with architecture ${architecture}`,
        got: `"${type}"`,
        remedy: remedyForName(type, Object.keys(provider.instanceTypes), `add "${type}" to instanceTypes`),
      })),
  )
}

function priceLikeProblems(provider: CloudProvider, file: string): CatalogProblem[] {
  const known = Object.keys(provider.instanceTypes)
  return Object.entries(provider.instanceTypes).flatMap(([name, { price }]) =>
    price === undefined || known.includes(price.like)
      ? []
      : [
          {
            file,
            field: `instanceTypes.${name}.price.like`,
            expected: 'one of instanceTypes',
            got: `"${price.like}"`,
            remedy: remedyForName(price.like, known, `add "${price.like}" to instanceTypes`),
          },
        ],
  )
}

const typeOf = (provider: CloudProvider, name: string) =>
  Object.hasOwn(provider.instanceTypes, name) ? provider.instanceTypes[name] : undefined

/** The rules of one regions file: called like its provider, every region once. */
export function regionsProblems({ provider, prices, regions }: Regions, file: string): CatalogProblem[] {
  const names = regions.map(({ name }) => name)
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  return [
    ...fileNameProblems(provider, file, 'provider'),
    ...(isCalendarDay(prices.asOf) ? [] : [notADay('prices.asOf', prices.asOf, file)]),
    ...twice.map((name) => ({
      file,
      field: `regions.${names.lastIndexOf(name)}.name`,
      expected: 'every region once',
      got: `"${name}" again`,
      remedy: 'remove one of the two',
    })),
  ]
}

/**
 * The rules across files: every alias leads to a release. `releases` includes those whose own file has
 * problems.
 */
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
    const remedy = remedyForName(release, releases, `add the file ${release}.yaml`)
    return [
      { file, field: alias, expected: 'the name of a release in the catalog', got: `"${release}"`, remedy },
    ]
  })
}

/** The remedy for a name that does not exist. */
export function remedyForName(given: string, known: Iterable<string>, otherwise: string): string {
  const near = nearNames(given, known)
  return near.length > 0 ? `did you mean "${near.join('" or "')}"?` : otherwise
}

function fileNameProblems(name: string, file: string, field = 'name'): CatalogProblem[] {
  const stem = basename(file, extname(file))
  if (stem === name) return []
  const remedy = `rename the file to ${name}.yaml, or change the name`
  return [{ file, field, expected: `"${stem}", the name of the file`, got: `"${name}"`, remedy }]
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
  return isCalendarDay(given) ? [] : [notADay(field, given, file)]
}

const notADay = (field: string, given: string, file: string): CatalogProblem => ({
  file,
  field,
  expected: 'a day of the calendar, as YYYY-MM-DD',
  got: `"${given}"`,
  remedy: 'correct the month or the day',
})

function dateOrderProblems({ released, endOfLife }: Distro, file: string): CatalogProblem[] {
  if (released === undefined || endOfLife === undefined || released < endOfLife) return []
  const expected = `a day after the release (${released})`
  return [
    { file, field: 'endOfLife', expected, got: `"${endOfLife}"`, remedy: 'correct one of the two dates' },
  ]
}

/** `2025-02-30` has the right form but is not a date: reading it back gives a different one. */
function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}
