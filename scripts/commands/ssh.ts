import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { machineOption, nameOption, profileOption } from '../options.js'

export const sshCommand: Command = {
  name: 'ssh',
  positionals: '[lab]',
  describe: 'Open a session, or run one command after --; needs no lease',
  options: { ...profileOption, ...nameOption, ...machineOption },
  examples: [
    ['distrolab ssh debian-local', 'an interactive session'],
    ['distrolab ssh debian-local -- uname -r', 'one command; its exit code is passed on'],
    ['distrolab ssh debian-local -- htop', 'at a terminal, the command gets one too'],
  ],
  exitCodes: [
    ['any', 'the exit code of the remote command, passed on'],
    ['1', 'a local machine is stopped, so ssh was not started'],
    ['255', 'ssh itself could not connect'],
  ],
  async run(context, { lab, words, flags }) {
    const { openSession } = await import('../lifecycle/ssh.js')
    return { exitCode: await openSession(context, lab, textFlag(flags, 'machine'), words) }
  },
}
