import { readFileSync } from 'node:fs'
import { Ajv, type SchemaObject, type ValidateFunction } from 'ajv'
import type { Aliases } from './aliases-schema.js'
import type { Distro } from './distro.js'
import type { Checked } from './parse.js'
import { explainViolation } from './explain-violation.js'
import type { Provider } from './provider.js'
import { distroProblems, providerProblems } from './rules.js'

/** One normalised distro file → a Distro, or all its problems: the schema's first, else those of the rules. */
export function validateDistro(value: unknown, file: string): Checked<Distro> {
  const checked = checkSchema(checks().distro, value, file)
  return checked.ok ? applyRules(checked.value, distroProblems(checked.value, file)) : checked
}

/** One normalised provider file → a Provider, or all its problems. */
export function validateProvider(value: unknown, file: string): Checked<Provider> {
  const checked = checkSchema(checks().provider, value, file)
  return checked.ok ? applyRules(checked.value, providerProblems(checked.value, file)) : checked
}

/** The normalised aliases file → its entries. Whether the releases exist is for the whole catalog to say. */
export function validateAliases(value: unknown, file: string): Checked<Aliases> {
  return checkSchema(checks().aliases, value ?? {}, file)
}

interface Checks {
  readonly distro: ValidateFunction<Distro>
  readonly provider: ValidateFunction<Provider>
  readonly aliases: ValidateFunction<Aliases>
}

let compiled: Checks | undefined

/** Compiled at the first use, once a process: compiling costs more than all checks of the catalog together. */
function checks(): Checks {
  compiled ??= compileChecks()
  return compiled
}

function compileChecks(): Checks {
  const ajv = new Ajv({ allErrors: true, verbose: true, meta: false, validateSchema: false })
  return {
    distro: ajv.compile<Distro>(readSchema('distro')),
    provider: ajv.compile<Provider>(readSchema('provider')),
    aliases: ajv.compile<Aliases>(readSchema('aliases')),
  }
}

/** What `schema.ts` published from the definitions: loading TypeBox costs more than a command may. */
function readSchema(kind: keyof Checks): SchemaObject {
  const file = new URL(`../../distro-catalog/schema/${kind}.schema.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as SchemaObject
}

function checkSchema<T>(check: ValidateFunction<T>, value: unknown, file: string): Checked<T> {
  if (check(value)) return { ok: true, value }
  return { ok: false, problems: (check.errors ?? []).map((violation) => explainViolation(violation, file)) }
}

function applyRules<T>(value: T, problems: ReturnType<typeof distroProblems>): Checked<T> {
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems }
}
