import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Ajv, type ValidateFunction } from 'ajv'
import { distroSchema, type Distro } from './distro.js'
import { name } from './field.js'
import type { Checked } from './parse.js'
import { explainViolation } from './explain-violation.js'
import { providerSchema, type Provider } from './provider.js'
import { distroProblems, providerProblems } from './rules.js'

/** Bare name → default release; the content of `aliases.yaml`. */
export const aliasesSchema = Type.Record(Type.String(), name('the name of a release', 'debian-13'), {
  description: 'bare name: release',
})
export type Aliases = Static<typeof aliasesSchema>

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
  const compile = <T extends TSchema>(schema: T) => ajv.compile<Static<T>>(schema)
  return {
    distro: compile(distroSchema),
    provider: compile(providerSchema),
    aliases: compile(aliasesSchema),
  }
}

function checkSchema<T>(check: ValidateFunction<T>, value: unknown, file: string): Checked<T> {
  if (check(value)) return { ok: true, value }
  return { ok: false, problems: (check.errors ?? []).map((violation) => explainViolation(violation, file)) }
}

function applyRules<T>(value: T, problems: ReturnType<typeof distroProblems>): Checked<T> {
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems }
}
