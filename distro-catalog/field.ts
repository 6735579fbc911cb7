import { Type, type TUnsafe } from '@sinclair/typebox'

// The kinds of field in catalog files. Each `description` completes the sentence "expected …" in a problem,
// and each first example is quoted in its remedy: write both for the author of a YAML file.

/**
 * One of a fixed list of words. A plain `enum`, so that a wrong word is one problem and not one for each
 * alternative.
 */
export const oneOf = <const T extends readonly string[]>(words: T): TUnsafe<T[number]> =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...words], description: `one of ${words.join(', ')}` })

export const text = (description: string) => Type.String({ minLength: 1, description })

/** Lower case, because names become parts of lab names, host names and tags. */
export const name = (description: string, example: string) =>
  Type.String({
    pattern: '^[a-z][a-z0-9]*([-.][a-z0-9]+)*$',
    maxLength: 40,
    description: `${description}: lower-case letters, digits, single dashes or dots, at most 40 characters`,
    examples: [example],
  })

export const url = () =>
  Type.String({
    pattern: '^https?://[^/\\s]+(/\\S*)?$',
    description: 'an http or https URL',
    examples: ['https://cloud.example.org/images/distro.qcow2'],
  })

export const date = (description: string) =>
  Type.String({
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
    description: `${description}, as YYYY-MM-DD`,
    examples: ['2025-08-09'],
  })

export const whole = (description: string, minimum: number, maximum: number) =>
  Type.Integer({
    minimum,
    maximum,
    description: `${description}: a whole number from ${minimum} to ${maximum}`,
  })

export const flag = (description: string) => Type.Boolean({ description: `${description}: true or false` })
