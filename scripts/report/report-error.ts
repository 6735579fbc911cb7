import { askedOutput, ownWords } from '../asked-output.js'
import { PartialOutcome } from '../command.js'
import type { Environment } from '../env.js'
import { explain } from '../explain.js'
import { EXIT } from '../explain/explanation.js'
import { asTyped } from './as-typed.js'
import { keepTrace } from './trace.js'
import { writeText } from './output.js'
import { withinMargin } from './printable.js'
import type { Redact } from './redact.js'

/** How a command writes its output, as far as is known yet: the configuration may say more. */
export interface Voice {
  json: boolean
  redact: Redact
  /** Exit code 2 means that a plan has changes, and nothing else. */
  detailed: boolean
}

/** From the command line and the environment alone. */
export const voiceOf = (argv: readonly string[], variables: Environment['flags'], redact: Redact): Voice => ({
  json: (askedOutput(argv) ?? variables['output']) === 'json',
  redact,
  detailed: ownWords(argv).includes('--detailed-exitcode'),
})

type Known = Pick<Environment, 'home' | 'viaNpm' | 'flags'>

/**
 * With `-o json` an error is also one JSON document on stdout; the text for people always goes to stderr.
 * Returns the exit code.
 */
export function reportError(env: Known, thrown: unknown, { json, redact, detailed }: Voice): number {
  const [error, fields] = thrown instanceof PartialOutcome ? [thrown.cause, thrown.fields] : [thrown, {}]
  const { code, message, hint, ...told } = explain(error)
  const exitCode = detailed && told.exitCode === EXIT.usage ? EXIT.failed : told.exitCode
  const trace = code === 'internal' ? keepTrace(env.home, error, redact) : undefined
  const shownHint = trace === undefined ? asTyped(hint, env.viaNpm) : `Report it with the end of ${trace}`
  writeText(process.stderr, redact(errorText(message, shownHint)))
  if (code === 'internal' && error instanceof Error && env.flags['debug'] !== undefined) {
    writeText(process.stderr, redact(error.stack ?? ''))
  }
  if (json) {
    const document = { error: { code, message, hint: shownHint, exitCode }, ...fields }
    writeText(process.stdout, redact(JSON.stringify(document, null, 2)))
  }
  return exitCode
}

/** Only our own text may start a line with `Next:`, whatever a message quotes. */
const errorText = (message: string, hint: string): string =>
  `Error: ${withinMargin(message)}${hint === '' ? '' : `\nNext:  ${hint}`}`
