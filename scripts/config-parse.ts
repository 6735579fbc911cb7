import { createRequire } from 'node:module'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { property } from '../backend/sdk-error.js'
import { machinesProblems } from '../distro-catalog/machines-rule.js'
import { setupProblems } from '../distro-catalog/setup-rule.js'
import type { UserSetup } from '../distro-catalog/setup-schema.js'
import type { UserProfile } from '../distro-catalog/user-profile-schema.js'
import { nearNames } from '../distro-catalog/near-names.js'
import { parseYamlText } from '../distro-catalog/yaml-text.js'
import type { ConfigFile, ConfigProblem } from './config-schema.js'
import { didYouMean } from './explain/explanation.js'
import { redactor, urlPasswords } from './report/redact.js'
import { placeProblem } from './fixtures/place.js'
import { schemaProblem, unknownKeyIn } from './schema-problem.js'
import { Unfit, VALUES } from './setting-values.js'
import { declaredProblems } from './declared-problems.js'

interface Parsed {
  readonly values: ConfigFile | undefined
  readonly problems: readonly ConfigProblem[]
}

/** Parses and checks one configuration file; an empty one is valid. */
export function parseConfig(file: string, text: string): Parsed {
  const { value, errors } = parseYamlText(text)
  if (errors.length > 0) {
    const problems = errors.map((got) => ({ file, field: '(file)', expected: 'YAML', got }))
    return { values: undefined, problems }
  }
  // An empty file has no value.
  const values = value ?? {}
  const validate = createRequire(import.meta.url)(
    '#package/dist/checks/config.cjs',
  ) as ValidateFunction<ConfigFile>
  const mistaken = valueProblems(file, values)
  if (validate(values) && mistaken.length === 0) {
    const rules = [profileProblems, placeProblems, problemsOfSetups, declaredProblems]
    const problems = rules.flatMap((find) => find(file, values))
    return { values: problems.length === 0 ? values : undefined, problems }
  }
  const problems = (validate.errors ?? []).map((error) => problemOf(file, error))
  return { values: undefined, problems: [...problems, ...mistaken] }
}

/** Checks of settings' texts that a schema cannot express. */
function valueProblems(file: string, values: unknown): ConfigProblem[] {
  return Object.entries(VALUES).flatMap(([field, parse]) => {
    const given = property(values, field)
    if (typeof given !== 'string' || given === '') return []
    const value = parse(given)
    if (!(value instanceof Unfit)) return []
    return [
      { file, field, expected: value.expected, got: redactor(urlPasswords(given))(JSON.stringify(given)) },
    ]
  })
}

const profileProblems = (file: string, { profiles = {} }: ConfigFile): ConfigProblem[] =>
  Object.entries(profiles).flatMap(([name, profile]) =>
    machinesProblems(profile).map((problem) => ({
      ...problem,
      file,
      field: `profiles.${name}.${problem.field}`,
    })),
  )

const setupsOf = ({ setup, machines = [] }: UserProfile): (readonly [string, UserSetup])[] => [
  ...(setup === undefined ? [] : [['setup', setup] as const]),
  ...machines.flatMap(({ setup: own }, index) =>
    own === undefined ? [] : [[`machines.${index}.setup`, own] as const],
  ),
]

const problemsOfSetups = (file: string, { profiles = {} }: ConfigFile): ConfigProblem[] =>
  Object.entries(profiles).flatMap(([name, profile]) =>
    setupsOf(profile).flatMap(([field, setup]) =>
      setupProblems(setup).map((problem) => ({
        ...problem,
        file,
        field: `profiles.${name}.${field}.${problem.field}`,
      })),
    ),
  )

function placeProblems(file: string, { profiles = {} }: ConfigFile): ConfigProblem[] {
  return Object.entries(profiles).flatMap(([name, { fixtures = [], machines = [] }]) => [
    ...placeProblemsIn(file, `profiles.${name}.fixtures`, fixtures),
    ...machines.flatMap(({ fixtures: own = [] }, index) =>
      placeProblemsIn(file, `profiles.${name}.machines.${index}.fixtures`, own),
    ),
  ])
}

const placeProblemsIn = (
  file: string,
  field: string,
  fixtures: readonly { readonly at?: string }[],
): ConfigProblem[] =>
  fixtures.flatMap(({ at = 'fixtures/set' }, index) => {
    const expected = placeProblem(at)
    return expected === undefined
      ? []
      : [{ file, field: `${field}.${index}.at`, expected, got: JSON.stringify(at) }]
  })

function problemOf(file: string, error: ErrorObject): ConfigProblem {
  const problem = schemaProblem(file, error)
  const unknown = unknownKeyIn(error)
  if (unknown !== undefined) {
    const fix = didYouMean(nearNames(unknown.given, unknown.known)).trim()
    return fix === '' ? problem : { ...problem, fix }
  }
  // If a user writes the passphrase itself into the file, no screen or log may show it.
  return /^encryption\b/.test(problem.field) ? { ...problem, got: 'something else' } : problem
}
