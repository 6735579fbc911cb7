import { Type, type TString, type TUnsafe } from '@sinclair/typebox'

/** The text that people read about a key of `distrolab.yaml`. */
export interface Words {
  /** A few words, for editors. */
  readonly title: string
  /** Whole sentences, for editors and docs/reference/config.md. */
  readonly description: string
  /** Completes the sentence "expected …" when the value is wrong. */
  readonly expected: string
  readonly examples?: readonly unknown[]
  /** The value if nothing sets the key; absent if it depends on something else. */
  readonly default?: unknown
}

export const text = (words: Words): TString => Type.String({ minLength: 1, ...words })

/** One of a fixed list of words; a plain `enum`, so that a wrong value of any type is one problem. */
export const word = <const T extends readonly string[]>(known: T, words: Words): TUnsafe<T[number]> =>
  Type.Unsafe<T[number]>({ enum: [...known], ...words })
