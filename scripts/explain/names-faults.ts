import type { NamesFault } from '../ssh-names/faults.js'
import { EXIT, type Explanations } from './explanation.js'

export const namesExplanations: Explanations<NamesFault> = {
  'ssh-names-left': ({ file, reason, verb, line }) => ({
    message: `distrolab did not change ${file}: ${reason}. ${verb === 'add' ? 'Add this line at its top' : 'Remove this line from it'} yourself: ${line}`,
    hint: 'distrolab docs ssh    # how plain ssh knows labs by name',
    exitCode: EXIT.failed,
  }),
  'ssh-names-path': ({ folder }) => ({
    message: `ssh cannot include the names of labs from ${folder}: some versions read a quote, a backslash, $ or % in a path as something else.`,
    hint: 'distrolab docs ssh    # DISTROLAB_HOME may name another folder',
    exitCode: EXIT.usage,
  }),
}
