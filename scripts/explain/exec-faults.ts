import type { ExecFault } from '../errors.js'
import { EXIT, type Explanations } from './explanation.js'
import { typed } from '../report/typed.js'

export const execExplanations: Explanations<ExecFault> = {
  'exec-timeout': ({ lab, place, seconds }) => ({
    message: `The command on ${place} (lab ${lab}) did not end within ${seconds} s and was ended.`,
    hint: typed`distrolab exec ${lab} --timeout ${Math.ceil(seconds * 2)}s -- COMMAND    # gives it more time`,
    exitCode: EXIT.timeout,
  }),
  'output-failed': ({ reason }) => ({
    message: `Standard output could not be written: ${reason}. The command itself went to its end.`,
    hint: 'Make room where the output goes, or send it elsewhere; then run the same command again.',
    exitCode: EXIT.failed,
  }),
  'transfer-source-missing': ({ lab, machine, flag, from }) => ({
    message: `${flag}: there is no ${from} on ${flag === '--copy' ? 'this computer any more' : `${lab}/${machine}`}.`,
    hint:
      flag === '--copy'
        ? 'Make it again, or correct the path.'
        : typed`distrolab ssh ${lab} -- ls -la    # what is in its user's home, where relative paths begin`,
    exitCode: EXIT.failed,
  }),
  'transfer-failed': ({ lab, machine, flag, from, to, reason }) => ({
    message: `${flag} ${from}:${to} (${lab}/${machine}) failed: ${reason}.`,
    hint: 'Correct the path, or its permissions; what was copied before stays.',
    exitCode: EXIT.failed,
  }),
}
