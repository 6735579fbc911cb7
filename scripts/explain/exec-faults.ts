import type { ExecFault } from '../errors.js'
import { EXIT, type Explanations } from './explanation.js'
import { typed } from '../report/typed.js'

export const execExplanations: Explanations<ExecFault> = {
  'exec-timeout': ({ lab, place, seconds }) => ({
    message: `The command on ${place} (lab ${lab}) did not end within ${seconds} s and was stopped.`,
    hint: typed`distrolab exec ${lab} --timeout ${Math.ceil(seconds * 2)}s -- COMMAND    # gives it more time`,
    exitCode: EXIT.timeout,
  }),
  'output-failed': ({ reason }) => ({
    message: `Cannot write to standard output: ${reason}. The command itself ran to its end.`,
    hint: 'Free some space where the output goes, or send it elsewhere; then run the same command again.',
    exitCode: EXIT.failed,
  }),
  'transfer-source-missing': ({ lab, machine, flag, from, by = flag }) => ({
    message: `${by}: ${from} ${flag === '--copy' ? 'no longer exists on this computer' : `does not exist on ${lab}/${machine}`}.`,
    hint:
      flag === '--copy'
        ? 'Create it again, or correct the path.'
        : typed`distrolab ssh ${lab} -- ls -la    # shows its user's home, where relative paths start`,
    exitCode: EXIT.failed,
  }),
  'transfer-failed': ({ lab, machine, flag, from, to, reason, by }) => ({
    message: `${by === undefined ? `${flag} ${from}:${to}` : `${by} ${from} ${to}`} (${lab}/${machine}) failed: ${reason}.`,
    hint: 'Correct the path or its permissions. Files that were already copied stay.',
    exitCode: EXIT.failed,
  }),
}
