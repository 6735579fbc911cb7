import { textFlag, type Command } from '../command.js'
import { LabError } from '../errors.js'
import { leaseOptions, machineOption, nameOption, profileOption } from '../options.js'

export const execCommand: Command = {
  name: 'exec',
  positionals: '[lab]',
  describe: 'Run a command on a machine, under the lease',
  options: {
    ...profileOption,
    ...nameOption,
    ...machineOption,
    ...leaseOptions,
    local: {
      type: 'boolean',
      describe: 'Run it on this computer: nobody else changes the lab meanwhile, distrolab in it may',
    },
  },
  examples: [
    ['distrolab exec debian-local -- uname -r', 'its exit code is passed on'],
    ["distrolab exec debian-local -- 'dmesg | tail'", 'a single word goes to the shell of the machine'],
    ['distrolab exec debian-local --local -- ./tests.sh', 'a script of several commands, the lab to itself'],
  ],
  async run(context, { lab, words, flags }) {
    if (words.length === 0)
      throw new LabError({ code: 'usage', command: 'exec', problem: 'Give the command after --.' })
    const machine = textFlag(flags, 'machine')
    const local = flags['local'] === true
    if (local && machine !== undefined)
      throw new LabError({ code: 'usage', command: 'exec', problem: 'Give --machine or --local, not both.' })
    const { executeJoined } = await import('../lifecycle/exec-streams.js')
    return executeJoined(context, { lab, words, place: local ? 'local' : { machine } })
  },
}
