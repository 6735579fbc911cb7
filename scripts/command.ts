import type { Options } from 'yargs'
import type { Context } from './context.js'
import type { Flags } from './flags.js'

/** A verb as a value: its name, its arguments, and a handler that loads its work when it runs. */
export interface Command {
  readonly name: string
  /** yargs syntax of the words after the verb: `[lab]`. */
  readonly positionals?: string
  readonly describe: string
  readonly options?: Readonly<Record<string, Options>>
  /** It has an `Outcome.markdown`. */
  readonly markdown?: true
  /** Each is a whole command line and what it does. */
  readonly examples: readonly (readonly [commandLine: string, does: string])[]
  /** Exit codes that mean something different, or more, for this verb. */
  readonly exitCodes?: readonly (readonly [exitCode: string, meaning: string])[]
  run(context: Context, args: Args): Promise<Outcome>
}

export interface Args {
  readonly lab: string | undefined
  /** The words after `--`, unchanged. */
  readonly words: readonly string[]
  readonly flags: Flags
}

/** The result of a command: one result in both forms, and how the process exits. */
export interface Outcome {
  /** For people; absent if the command has already written its own output. */
  readonly text?: string
  /** The one document of `-o json`. */
  readonly json?: unknown
  /** What `-o markdown` prints. */
  readonly markdown?: string
  readonly exitCode?: number
}

/** A failure that still has a result: with `-o json` these fields are beside `error`. */
export class PartialOutcome extends Error {
  constructor(
    readonly fields: object,
    override readonly cause: unknown,
  ) {
    super('failed with a result', { cause })
    this.name = 'PartialOutcome'
  }
}
