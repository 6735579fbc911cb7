import { createRequire } from 'node:module'
import { basename } from 'node:path'
import type { ValidateFunction } from 'ajv'
import type { Aliases } from './aliases-schema.js'
import type { Distro } from './distro.js'
import type { Checked } from './parse.js'
import { explainViolation } from './explain-violation.js'
import type { CloudProvider, LocalProvider, OfferingProvider } from './provider.js'
import type { Regions } from './region-schema.js'
import { distroProblems, providerProblems, regionsProblems } from './rules.js'

/**
 * Turns one normalised distro file into a Distro, or all its problems: the schema's first, else the rules'.
 */
export function validateDistro(value: unknown, file: string): Checked<Distro> {
  const checked = checkSchema(checkFor('distro'), value, file)
  return checked.ok ? applyRules(checked.value, distroProblems(checked.value, file)) : checked
}

/**
 * Turns one normalised provider file into a provider, or all its problems. The file's name decides the kind.
 */
export function validateProvider(value: unknown, file: string): Checked<OfferingProvider> {
  const checked: Checked<OfferingProvider> =
    basename(file) === 'local.yaml'
      ? checkSchema(checkFor('local-provider'), value, file)
      : checkSchema(checkFor('cloud-provider'), value, file)
  return checked.ok ? applyRules(checked.value, providerProblems(checked.value, file)) : checked
}

/** Turns one normalised regions file into a cloud's Regions, or all its problems. */
export function validateRegions(value: unknown, file: string): Checked<Regions> {
  const checked = checkSchema(checkFor('regions'), value, file)
  return checked.ok ? applyRules(checked.value, regionsProblems(checked.value, file)) : checked
}

/**
 * Turns the normalised aliases file into its entries. Only the whole catalog can tell whether the releases
 * exist.
 */
export function validateAliases(value: unknown, file: string): Checked<Aliases> {
  return checkSchema(checkFor('aliases'), value ?? {}, file)
}

/** Which definition a schema file holds, by its name. */
interface Kinds {
  readonly distro: Distro
  readonly 'local-provider': LocalProvider
  readonly 'cloud-provider': CloudProvider
  readonly regions: Regions
  readonly aliases: Aliases
}

/** What the build made of schema/<kind>.schema.json. */
const checkFor = <K extends keyof Kinds>(kind: K): ValidateFunction<Kinds[K]> =>
  createRequire(import.meta.url)(`#package/dist/checks/${kind}.cjs`) as ValidateFunction<Kinds[K]>

function checkSchema<T>(check: ValidateFunction<T>, value: unknown, file: string): Checked<T> {
  if (check(value)) return { ok: true, value }
  return { ok: false, problems: (check.errors ?? []).map((violation) => explainViolation(violation, file)) }
}

function applyRules<T>(value: T, problems: ReturnType<typeof distroProblems>): Checked<T> {
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems }
}
