import type { ConfigFile, ConfigProblem } from './config-schema.js'
import { machines, Unfit, VALUES, type ParseValue } from './setting-values.js'

const FIELDS = { machines, ttl: VALUES.ttl } as const satisfies Readonly<Record<string, ParseValue<unknown>>>

/** Checks of declared labs that a schema cannot express: their values have the form of the flags' values. */
export const declaredProblems = (file: string, { labs = {} }: ConfigFile): ConfigProblem[] =>
  Object.entries(labs).flatMap(([name, lab]) =>
    (['machines', 'ttl'] as const).flatMap((field) => {
      const given = lab[field]
      const value = given === undefined ? undefined : FIELDS[field](given)
      if (!(value instanceof Unfit)) return []
      return [{ file, field: `labs.${name}.${field}`, expected: value.expected, got: JSON.stringify(given) }]
    }),
  )
