import { textFlag, type Command } from '../command.js'
import { LabError } from '../errors.js'
import { leaseOptions, machineOption, nameOption, profileOption } from '../options.js'

export const execCommand: Command = {
  name: 'exec',
  positionals: '[lab]',
  describe: 'Run a command on a machine, under the lease',
  options: { ...profileOption, ...nameOption, ...machineOption, ...leaseOptions },
  examples: [
    ['distrolab exec debian-local -- uname -r', 'its exit code is passed on'],
    ["distrolab exec debian-local -- 'dmesg | tail'", 'a single word goes to the shell of the machine'],
  ],
  async run(context, { lab, words, flags }) {
    if (words.length === 0)
      throw new LabError({ code: 'usage', command: 'exec', problem: 'Give the command after --.' })
    const { runOnMachine } = await import('../lifecycle/exec-streams.js')
    return runOnMachine(context, { lab, machine: textFlag(flags, 'machine'), words })
  },
}
