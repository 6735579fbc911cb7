import type { Options } from 'yargs'
import type { Context } from './context.js'

/** A verb as a value: what it is called, what it takes, and a handler that loads its work when it runs. */
export interface Command {
  readonly name: string
  /** yargs syntax of what follows the verb: `[lab]`. */
  readonly positionals?: string
  readonly describe: string
  readonly options?: Readonly<Record<string, Options>>
  /** Each a whole command line and what it does. */
  readonly examples: readonly (readonly [commandLine: string, does: string])[]
  run(context: Context, args: Args): Promise<Outcome>
}

/** Flags as they were typed, by name; none has a default here. */
export type Flags = Readonly<Record<string, string | number | boolean | undefined>>

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
  readonly exitCode?: number
}

export const textFlag = (flags: Flags, name: string): string | undefined =>
  flags[name] === undefined ? undefined : String(flags[name])
