import { readEnvironment, type Environment } from './env.js'
import { LabError } from './errors.js'
import { redactor } from './report/redact.js'
import { reportError, voiceOf } from './report/report-error.js'

/**
 * Reports an error that no command caught, with the usual text and without a stack. Loads nothing that could
 * fail again. Returns the exit code.
 */
export function reportUncaught(error: unknown, argv: readonly string[]): number {
  const env = environmentIfAny()
  return reportError(env, error, voiceOf(argv, env.flags, redactor(env.secrets)))
}

/** The working directory was removed: no path means anything, and the library for arguments does not load. */
export const reportLostFolder = (argv: readonly string[]): number =>
  reportUncaught(new LabError({ code: 'folder-lost' }), argv)

type Known = Pick<Environment, 'home' | 'viaNpm' | 'flags' | 'secrets'>

function environmentIfAny(): Known {
  try {
    return readEnvironment()
  } catch {
    // It may itself be the cause.
    return { home: '', viaNpm: false, flags: {}, secrets: [] }
  }
}
