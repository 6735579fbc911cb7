import type { Options } from 'yargs'
import type { Context } from './context.js'

/** A verb as a value: what it is called, what it takes, and a handler that loads its work when it runs. */
export interface Command {
  readonly name: string
  /** yargs syntax of what follows the verb: `[lab]`. */
  readonly positionals?: string
  readonly describe: string
  readonly options?: Readonly<Record<string, Options>>
  /** It has an `Outcome.markdown`. */
  readonly markdown?: true
  /** Each a whole command line and what it does. */
  readonly examples: readonly (readonly [commandLine: string, does: string])[]
  /** Those that say something else, or more, than the same code does elsewhere. */
  readonly exitCodes?: readonly (readonly [exitCode: string, meaning: string])[]
  run(context: Context, args: Args): Promise<Outcome>
}

/** Flags as they were typed, by name; none has a default here. */
export type Flags = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface Args {
  readonly lab: string | undefined
  /** What follows `--`, each word as it was given. */
  readonly words: readonly string[]
  readonly flags: Flags
}

/** What a command gives back: one result in both forms, and how the process exits. */
export interface Outcome {
  /** For people; absent where the command has written its own output already. */
  readonly text?: string
  /** The one document of `-o json`. */
  readonly json?: unknown
  /** What `-o markdown` prints. */
  readonly markdown?: string
  readonly exitCode?: number
}

/** A failure that has a result all the same: in the document of `-o json` these fields stand beside `error`. */
export class PartialOutcome extends Error {
  constructor(
    readonly fields: object,
    override readonly cause: unknown,
  ) {
    super('failed with a result', { cause })
    this.name = 'PartialOutcome'
  }
}

export const textFlag = (flags: Flags, name: string): string | undefined =>
  flags[name] === undefined ? undefined : String(flags[name])

/** A flag that may be given more than once (`repeatedText`), in the order given. */
export const listFlag = (flags: Flags, name: string): readonly string[] => {
  const given = flags[name] ?? []
  return Array.isArray(given) ? given.map(String) : [String(given)]
}
