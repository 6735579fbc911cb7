import { createRequire } from 'node:module'
import type { ValidateFunction } from 'ajv'
import type { Aliases } from './aliases-schema.js'
import type { Distro } from './distro.js'
import type { Checked } from './parse.js'
import { explainViolation } from './explain-violation.js'
import type { Provider } from './provider.js'
import { distroProblems, providerProblems } from './rules.js'

/** One normalised distro file → a Distro, or all its problems: the schema's first, else those of the rules. */
export function validateDistro(value: unknown, file: string): Checked<Distro> {
  const checked = checkSchema(checkOf<Distro>('distro'), value, file)
  return checked.ok ? applyRules(checked.value, distroProblems(checked.value, file)) : checked
}

/** One normalised provider file → a Provider, or all its problems. */
export function validateProvider(value: unknown, file: string): Checked<Provider> {
  const checked = checkSchema(checkOf<Provider>('provider'), value, file)
  return checked.ok ? applyRules(checked.value, providerProblems(checked.value, file)) : checked
}

/** The normalised aliases file → its entries. Whether the releases exist is for the whole catalog to say. */
export function validateAliases(value: unknown, file: string): Checked<Aliases> {
  return checkSchema(checkOf<Aliases>('aliases'), value ?? {}, file)
}

/** What the build made of schema/<kind>.schema.json. */
const checkOf = <T>(kind: 'distro' | 'provider' | 'aliases'): ValidateFunction<T> =>
  createRequire(import.meta.url)(`#package/dist/checks/${kind}.cjs`) as ValidateFunction<T>

function checkSchema<T>(check: ValidateFunction<T>, value: unknown, file: string): Checked<T> {
  if (check(value)) return { ok: true, value }
  return { ok: false, problems: (check.errors ?? []).map((violation) => explainViolation(violation, file)) }
}

function applyRules<T>(value: T, problems: ReturnType<typeof distroProblems>): Checked<T> {
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems }
}
